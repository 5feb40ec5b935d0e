using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace HoodyLogs.Storage.Sqlite;

/// <summary>One connection, used by one thread at a time.</summary>
internal sealed class SqliteDatabase : IDisposable
{
    private readonly IDisposable _owner;

    private SqliteDatabase(IDisposable owner, sqlite3 handle) => (_owner, Handle) = (owner, handle);

    public sqlite3 Handle { get; }

    /// <summary>Opens a file to read from it alone, without the locks by which SQLite lets several threads share a connection.</summary>
    /// <exception cref="LogStoreException">The file cannot be opened.</exception>
    public static SqliteDatabase OpenReader(string path)
    {
        Batteries_V2.Init();
        var result = raw.sqlite3_open_v2(path, out var handle, raw.SQLITE_OPEN_READONLY | raw.SQLITE_OPEN_NOMUTEX, null);
        try
        {
            Check(result, handle);
            Check(raw.sqlite3_extended_result_codes(handle, 1), handle);
            return new SqliteDatabase(handle, handle);
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    /// <exception cref="LogStoreException">The file cannot be opened.</exception>
    public static SqliteDatabase OpenWriter(string path)
    {
        Batteries_V2.Init();
        var connection = new SqliteConnection(
            new SqliteConnectionStringBuilder { DataSource = path, Mode = SqliteOpenMode.ReadWrite, Pooling = false, DefaultTimeout = 1 }.ToString());
        try
        {
            connection.Open();
            return new SqliteDatabase(connection, connection.Handle!);
        }
        catch (SqliteException failure)
        {
            connection.Dispose();
            throw Failed(failure);
        }
    }

    public SqliteStatement Prepare(string sql)
    {
        Check(raw.sqlite3_prepare_v3(Handle, sql, raw.SQLITE_PREPARE_PERSISTENT, out var statement), Handle);
        return new SqliteStatement(Handle, statement);
    }

    public void Execute(string sql) => Check(raw.sqlite3_exec(Handle, sql), Handle);

    /// <summary>The first column of the first row; 0 where there is none.</summary>
    public long Scalar(string sql)
    {
        using var statement = Prepare(sql);
        return statement.Step() ? statement.Int64(0) : 0;
    }

    /// <summary>Runs the body in a transaction: all of it or nothing.</summary>
    /// <param name="body">What to do.</param>
    /// <param name="durable">Whether it must survive a power cut from the moment of its return, not only a kill.</param>
    public void Transact(Action body, bool durable = false)
    {
        if (durable) Execute("PRAGMA synchronous = FULL");
        try
        {
            Execute("BEGIN IMMEDIATE");
            try
            {
                body();
                Execute("COMMIT");
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

    public void Dispose() => _owner.Dispose();

    internal static void Check(int result, sqlite3 database)
    {
        if (result is raw.SQLITE_OK or raw.SQLITE_ROW or raw.SQLITE_DONE) return;
        try
        {
            SqliteException.ThrowExceptionForRC(result, database);
        }
        catch (SqliteException failure)
        {
            throw Failed(failure);
        }
    }

    private static LogStoreException Failed(SqliteException failure) => new($"The log database failed: {failure.Message}", failure);
}
