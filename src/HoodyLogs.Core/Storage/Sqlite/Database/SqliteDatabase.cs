using SQLitePCL;

namespace HoodyLogs.Storage.Sqlite.Database;

/// <summary>One connection, used by one thread at a time.</summary>
internal sealed class SqliteDatabase : IDisposable
{
    /// <summary>A reader that meets the header of the write-ahead log half written takes the writer's lock for a moment; another process may hold it for longer.</summary>
    private const int BusyTimeoutMs = 1000;

    private SqliteStatement? _begin;
    private SqliteStatement? _commit;

    private SqliteDatabase(sqlite3 handle) => Handle = handle;

    public sqlite3 Handle { get; }

    /// <summary>Opens a file to read from it alone.</summary>
    /// <exception cref="LogStoreException">The file cannot be opened.</exception>
    public static SqliteDatabase OpenReader(string path) => Open(path, raw.SQLITE_OPEN_READONLY);

    /// <summary>Opens a file that is there.</summary>
    /// <exception cref="LogStoreException">The file cannot be opened.</exception>
    public static SqliteDatabase OpenWriter(string path) => Open(path, raw.SQLITE_OPEN_READWRITE);

    public SqliteStatement Prepare(string sql)
    {
        SqliteError.ThrowIfFailed(raw.sqlite3_prepare_v3(Handle, sql, raw.SQLITE_PREPARE_PERSISTENT, out var statement), Handle);
        return new SqliteStatement(Handle, statement);
    }

    public void Execute(string sql) => SqliteError.ThrowIfFailed(raw.sqlite3_exec(Handle, sql), Handle);

    /// <summary>The first column of the first row; 0 where there is none.</summary>
    public long ExecuteScalar(string sql)
    {
        using var statement = Prepare(sql);
        return statement.Step() ? statement.GetInt64(0) : 0;
    }

    /// <summary>Runs the body in a transaction: all of it or nothing.</summary>
    /// <param name="body">What to do.</param>
    /// <param name="durable">Whether it must survive a power cut from the moment of its return, not only a kill.</param>
    public void RunInTransaction(Action body, bool durable = false)
    {
        if (durable) Execute("PRAGMA synchronous = FULL");
        try
        {
            (_begin ??= Prepare("BEGIN IMMEDIATE")).Execute();
            try
            {
                body();
                (_commit ??= Prepare("COMMIT")).Execute();
            }
            catch
            {
                // A full disk or an I/O error may have rolled back by itself; this then fails, and the first failure is the one to tell.
                raw.sqlite3_exec(Handle, "ROLLBACK");
                throw;
            }
        }
        finally
        {
            if (durable) raw.sqlite3_exec(Handle, "PRAGMA synchronous = NORMAL");
        }
    }

    /// <summary>Writes the write-ahead log back and cuts it off, unless readers need it for longer than it waits.</summary>
    /// <param name="waitMs">How long to wait, milliseconds.</param>
    public void TruncateWal(int waitMs)
    {
        SqliteError.ThrowIfFailed(raw.sqlite3_busy_timeout(Handle, waitMs), Handle);
        try
        {
            Execute("PRAGMA wal_checkpoint(TRUNCATE)");
        }
        finally
        {
            raw.sqlite3_busy_timeout(Handle, BusyTimeoutMs);
        }
    }

    public void Dispose()
    {
        _begin?.Dispose();
        _commit?.Dispose();
        Handle.Dispose();
    }

    // Without the locks by which SQLite lets several threads share a connection.
    private static SqliteDatabase Open(string path, int access)
    {
        Batteries_V2.Init();
        var result = raw.sqlite3_open_v2(path, out var handle, access | raw.SQLITE_OPEN_NOMUTEX, null);
        try
        {
            SqliteError.ThrowIfFailed(result, handle);
            SqliteError.ThrowIfFailed(raw.sqlite3_extended_result_codes(handle, 1), handle);
            SqliteError.ThrowIfFailed(raw.sqlite3_busy_timeout(handle, BusyTimeoutMs), handle);
            return new SqliteDatabase(handle);
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }
}
