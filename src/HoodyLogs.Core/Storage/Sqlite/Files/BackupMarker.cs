using HoodyLogs.Storage.Sqlite.Database;

namespace HoodyLogs.Storage.Sqlite.Files;

/// <summary>
/// Marks a database as a backup. The original may have given out more ids after the copy was made, so a restored backup goes on above the current
/// Unix time in microseconds, as a new database does that replaces a damaged one.
/// </summary>
internal static class BackupMarker
{
    private const string CountSql = "SELECT count(*) FROM sqlite_master WHERE name = 'backup'";

    /// <summary>Marks a copy.</summary>
    public static void Add(SqliteDatabase database)
    {
        if (database.ExecuteScalar(CountSql) == 0) database.Execute("CREATE TABLE backup (id INTEGER PRIMARY KEY) STRICT");
    }

    /// <summary>Takes the mark from a restored copy and raises its ids.</summary>
    public static void RaiseIdsAndRemove(SqliteDatabase database, DateTimeOffset now)
    {
        if (database.ExecuteScalar(CountSql) == 0) return;
        var ceiling = Math.Max(StoreStatements.Load(database).ReservedIdLimit, now.ToUnixTimeMilliseconds() * 1000);
        database.RunInTransaction(
            () =>
            {
                StoreStatements.SetReservedIdLimit(database, ceiling);
                database.Execute("DROP TABLE backup");
            },
            durable: true);
    }
}
