using SQLitePCL;

namespace HoodyLogs.Storage.Sqlite.Database;

/// <summary>A connection to the database. One thread at a time can use it.</summary>
internal sealed class SqliteDatabase : IDisposable
{
    /// <summary>
    /// The maximum wait for a lock. A reader that finds a half-written header of the write-ahead log takes the write lock briefly. Another process can
    /// hold the lock longer.
    /// </summary>
    private const int BusyTimeoutMs = 1000;

    private SqliteStatement? _begin;
    private SqliteStatement? _commit;

    private SqliteDatabase(sqlite3 handle) => Handle = handle;

    public sqlite3 Handle { get; }

    /// <summary>Opens an existing file for reading.</summary>
    /// <exception cref="LogStoreException">The file cannot be opened.</exception>
    public static SqliteDatabase OpenReader(string path) => Open(path, raw.SQLITE_OPEN_READONLY);

    /// <summary>Opens an existing file for reading and writing.</summary>
    /// <exception cref="LogStoreException">The file cannot be opened.</exception>
    public static SqliteDatabase OpenWriter(string path) => Open(path, raw.SQLITE_OPEN_READWRITE);

    public SqliteStatement Prepare(string sql)
    {
        SqliteError.ThrowIfFailed(raw.sqlite3_prepare_v3(Handle, sql, raw.SQLITE_PREPARE_PERSISTENT, out var statement), Handle);
        return new SqliteStatement(Handle, statement);
    }

    public void Execute(string sql) => SqliteError.ThrowIfFailed(raw.sqlite3_exec(Handle, sql), Handle);

    /// <summary>Returns the first column of the first row. 0 if there is no row.</summary>
    public long ExecuteScalar(string sql)
    {
        using var statement = Prepare(sql);
        return statement.Step() ? statement.GetInt64(0) : 0;
    }

    /// <summary>Runs an action in a transaction. If the action throws, the transaction is rolled back.</summary>
    /// <param name="body">The action.</param>
    /// <param name="durable">Whether the transaction must survive a power cut. Otherwise it survives a kill of the process.</param>
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
                // After a full disk or an I/O error, SQLite may have rolled back already. Then this call fails, and the first failure is the one to report.
                raw.sqlite3_exec(Handle, "ROLLBACK");
                throw;
            }
        }
        finally
        {
            if (durable) raw.sqlite3_exec(Handle, "PRAGMA synchronous = NORMAL");
        }
    }

    /// <summary>Copies the write-ahead log to the database and truncates it. Does nothing if readers need the log for longer than the wait.</summary>
    /// <param name="waitMs">The maximum wait in milliseconds.</param>
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

    // SQLITE_OPEN_NOMUTEX skips SQLite's own locks, because one thread at a time uses a connection.
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
