using HoodyLogs.Storage.Sqlite.Database;

namespace HoodyLogs.Storage.Sqlite.Files;

/// <summary>
/// Marks a database as a backup. The original may have given out more ids after the copy was made, so a restored backup goes on above the current
/// Unix time in microseconds, as a new database does that replaces a damaged one.
/// </summary>
internal static class BackupMarker
{
    private const string IsThere = "SELECT count(*) FROM sqlite_master WHERE name = 'backup'";

    /// <summary>Marks a copy.</summary>
    public static void Set(SqliteDatabase database)
    {
        if (database.Scalar(IsThere) == 0) database.Execute("CREATE TABLE backup (id INTEGER PRIMARY KEY) STRICT");
    }

    /// <summary>Takes the mark from a restored copy and raises its ids.</summary>
    public static void Lift(SqliteDatabase database, DateTimeOffset now)
    {
        if (database.Scalar(IsThere) == 0) return;
        var ceiling = Math.Max(StoreStatements.Load(database).Ceiling, now.ToUnixTimeMilliseconds() * 1000);
        database.Transact(
            () =>
            {
                StoreStatements.SetCeiling(database, ceiling);
                database.Execute("DROP TABLE backup");
            },
            durable: true);
    }
}
