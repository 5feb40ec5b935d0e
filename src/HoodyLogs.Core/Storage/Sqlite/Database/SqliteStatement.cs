using System.Text;
using SQLitePCL;

namespace HoodyLogs.Storage.Sqlite.Database;

/// <summary>A prepared statement. Parameters are numbered from 1, columns from 0. Binding numbers and blobs does not allocate.</summary>
internal sealed class SqliteStatement(sqlite3 database, sqlite3_stmt statement) : IDisposable
{
    // Valid until the handle is disposed. The owner of this object keeps the handle alive.
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

    /// <summary>Moves to the next row.</summary>
    /// <returns>True if there is a row.</returns>
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
        GC.KeepAlive(this); // a finalizer must not free the statement during the call
    }

    /// <summary>Runs a statement that returns no rows.</summary>
    public void Execute()
    {
        Step();
        Reset();
    }

    /// <summary>Binds a blob without copying it and runs a statement that returns no rows.</summary>
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
                // The bytes can move after this method returns.
                BindNull(parameter);
            }
        }
    }

    public bool IsNull(int column) => ColumnType(column) == raw.SQLITE_NULL;

    public long GetInt64(int column) =>
        SqliteNative.IsAvailable ? SqliteNative.GetInt64(_pointer, column) : raw.sqlite3_column_int64(statement, column);

    public int GetInt32(int column) => (int)GetInt64(column);

    /// <summary>Returns a blob, or a text as UTF-8. Empty for null. Valid until the next step or reset.</summary>
    public ReadOnlySpan<byte> GetBytes(int column) =>
        SqliteNative.IsAvailable ? SqliteNative.GetBytes(_pointer, column) : raw.sqlite3_column_blob(statement, column);

    public string? GetText(int column) => IsNull(column) ? null : Encoding.UTF8.GetString(GetBytes(column));

    public void Dispose() => statement.Dispose();

    private int ColumnType(int column) =>
        SqliteNative.IsAvailable ? SqliteNative.ColumnType(_pointer, column) : raw.sqlite3_column_type(statement, column);
}
