using System.Text;
using SQLitePCL;

namespace HoodyLogs.Storage.Sqlite.Database;

/// <summary>A prepared statement with typed parameters (from 1) and columns (from 0), bound without an allocation.</summary>
internal sealed class SqliteStatement(sqlite3 database, sqlite3_stmt statement) : IDisposable
{
    // Good for as long as the handle is not disposed, which whoever uses the statement holds on to.
    private readonly nint _pointer = statement.DangerousGetHandle();

    public SqliteStatement Bind(int parameter, long value)
    {
        _ = SqliteNative.IsAvailable ? SqliteNative.BindInt64(_pointer, parameter, value) : raw.sqlite3_bind_int64(statement, parameter, value);
        return this;
    }

    public SqliteStatement BindNull(int parameter)
    {
        _ = SqliteNative.IsAvailable ? SqliteNative.BindNull(_pointer, parameter) : raw.sqlite3_bind_null(statement, parameter);
        return this;
    }

    public SqliteStatement BindText(int parameter, string? text)
    {
        if (text is null) return BindNull(parameter);
        SqliteError.ThrowIfFailed(raw.sqlite3_bind_text(statement, parameter, Encoding.UTF8.GetBytes(text)), database);
        return this;
    }

    public SqliteStatement BindBlob(int parameter, ReadOnlySpan<byte> bytes)
    {
        SqliteError.ThrowIfFailed(raw.sqlite3_bind_blob(statement, parameter, bytes), database);
        return this;
    }

    /// <summary>Goes to the next row.</summary>
    /// <returns>Whether there is one.</returns>
    public bool Step()
    {
        var result = SqliteNative.IsAvailable ? SqliteNative.Step(_pointer) : raw.sqlite3_step(statement);
        if (result == raw.SQLITE_ROW) return true;
        if (result == raw.SQLITE_DONE) return false;
        Reset();
        SqliteError.ThrowIfFailed(result, database);
        return false;
    }

    public void Reset()
    {
        _ = SqliteNative.IsAvailable ? SqliteNative.Reset(_pointer) : raw.sqlite3_reset(statement);
        GC.KeepAlive(this); // so that no finalizer takes the statement during the call
    }

    /// <summary>Runs a statement that gives no rows.</summary>
    public void Execute()
    {
        Step();
        Reset();
    }

    /// <summary>Runs a statement that gives no rows with bytes as one more parameter, which SQLite takes from where they are.</summary>
    public unsafe void ExecuteWithBlob(int parameter, ReadOnlySpan<byte> bytes)
    {
        if (!SqliteNative.IsAvailable)
        {
            BindBlob(parameter, bytes).Execute();
            return;
        }

        fixed (byte* pinned = bytes)
        {
            SqliteError.ThrowIfFailed(SqliteNative.BindBlobInPlace(_pointer, parameter, pinned, bytes.Length), database);
            try
            {
                Execute();
            }
            finally
            {
                // From here on the bytes may move.
                BindNull(parameter);
            }
        }
    }

    public bool IsNull(int column) => ColumnType(column) == raw.SQLITE_NULL;

    public long GetInt64(int column) =>
        SqliteNative.IsAvailable ? SqliteNative.GetInt64(_pointer, column) : raw.sqlite3_column_int64(statement, column);

    public int GetInt32(int column) => (int)GetInt64(column);

    /// <summary>A blob, or the UTF-8 of a text; empty for null. Valid until the next step or reset.</summary>
    public ReadOnlySpan<byte> GetBytes(int column) =>
        SqliteNative.IsAvailable ? SqliteNative.GetBytes(_pointer, column) : raw.sqlite3_column_blob(statement, column);

    public string? GetText(int column) => IsNull(column) ? null : Encoding.UTF8.GetString(GetBytes(column));

    public void Dispose() => statement.Dispose();

    private int ColumnType(int column) =>
        SqliteNative.IsAvailable ? SqliteNative.ColumnType(_pointer, column) : raw.sqlite3_column_type(statement, column);
}
