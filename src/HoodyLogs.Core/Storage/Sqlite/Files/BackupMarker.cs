using HoodyLogs.Storage.Sqlite.Database;

namespace HoodyLogs.Storage.Sqlite.Files;

/// <summary>
/// Marks a database as a backup. The original database can have assigned more ids after the copy. Therefore the ids of a restored backup continue above
/// the current Unix time in microseconds. A new database that replaces a damaged one does the same.
/// </summary>
internal static class BackupMarker
{
    private const string CountSql = "SELECT count(*) FROM sqlite_master WHERE name = 'backup'";

    /// <summary>Marks a copy.</summary>
    public static void Add(SqliteDatabase database)
    {
        if (database.ExecuteScalar(CountSql) == 0) database.Execute("CREATE TABLE backup (id INTEGER PRIMARY KEY) STRICT");
    }

    /// <summary>Removes the mark from a restored copy and raises its next id.</summary>
    public static void RaiseIdsAndRemove(SqliteDatabase database, DateTimeOffset now)
    {
        if (database.ExecuteScalar(CountSql) == 0) return;
        var reservedIdLimit = Math.Max(StoreStatements.Load(database).ReservedIdLimit, now.ToUnixTimeMilliseconds() * 1000);
        database.RunInTransaction(
            () =>
            {
                StoreStatements.SetReservedIdLimit(database, reservedIdLimit);
                database.Execute("DROP TABLE backup");
            },
            durable: true);
    }
}
