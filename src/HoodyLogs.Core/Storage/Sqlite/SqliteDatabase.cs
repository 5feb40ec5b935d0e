using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace HoodyLogs.Storage.Sqlite;

/// <summary>One connection, used by one thread at a time.</summary>
internal sealed class SqliteDatabase : IDisposable
{
    private readonly SqliteConnection _connection;

    private SqliteDatabase(SqliteConnection connection) => _connection = connection;

    public sqlite3 Handle => _connection.Handle ?? throw new ObjectDisposedException(nameof(SqliteDatabase));

    /// <exception cref="LogStoreException">The file cannot be opened.</exception>
    public static SqliteDatabase Open(string path, SqliteOpenMode mode)
    {
        Batteries_V2.Init();
        var connection = new SqliteConnection(
            new SqliteConnectionStringBuilder { DataSource = path, Mode = mode, Pooling = false, DefaultTimeout = 1 }.ToString());
        try
        {
            connection.Open();
            return new SqliteDatabase(connection);
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

    public void Dispose() => _connection.Dispose();

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
