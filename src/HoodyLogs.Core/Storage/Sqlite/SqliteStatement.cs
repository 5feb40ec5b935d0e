using System.Text;
using SQLitePCL;

namespace HoodyLogs.Storage.Sqlite;

/// <summary>A prepared statement with typed parameters (from 1) and columns (from 0), bound without an allocation.</summary>
internal sealed class SqliteStatement(sqlite3 database, sqlite3_stmt statement) : IDisposable
{
    // Good for as long as the handle is not disposed, which whoever reads columns holds on to.
    private readonly nint _pointer = statement.DangerousGetHandle();

    public SqliteStatement Bind(int parameter, long value)
    {
        raw.sqlite3_bind_int64(statement, parameter, value);
        return this;
    }

    public SqliteStatement BindNull(int parameter)
    {
        raw.sqlite3_bind_null(statement, parameter);
        return this;
    }

    public SqliteStatement BindText(int parameter, ReadOnlySpan<byte> utf8)
    {
        SqliteDatabase.Check(raw.sqlite3_bind_text(statement, parameter, utf8), database);
        return this;
    }

    public SqliteStatement BindText(int parameter, string? text)
    {
        return text is null ? BindNull(parameter) : BindText(parameter, Encoding.UTF8.GetBytes(text));
    }

    public SqliteStatement BindBlob(int parameter, ReadOnlySpan<byte> bytes)
    {
        SqliteDatabase.Check(raw.sqlite3_bind_blob(statement, parameter, bytes), database);
        return this;
    }

    /// <summary>Goes to the next row.</summary>
    /// <returns>Whether there is one.</returns>
    public bool Step()
    {
        var result = raw.sqlite3_step(statement);
        if (result == raw.SQLITE_ROW) return true;
        if (result == raw.SQLITE_DONE) return false;
        raw.sqlite3_reset(statement);
        SqliteDatabase.Check(result, database);
        return false;
    }

    public void Reset() => raw.sqlite3_reset(statement);

    /// <summary>Runs a statement that gives no rows.</summary>
    public void Run()
    {
        Step();
        Reset();
    }

    public bool IsNull(int column) => TypeOf(column) == raw.SQLITE_NULL;

    public bool IsText(int column) => TypeOf(column) == raw.SQLITE_TEXT;

    public long Int64(int column) =>
        SqliteColumns.AreDirect ? SqliteColumns.Int64(_pointer, column) : raw.sqlite3_column_int64(statement, column);

    public int Int32(int column) => (int)Int64(column);

    /// <summary>A blob, or the UTF-8 of a text; empty for null. Valid until the next step or reset.</summary>
    public ReadOnlySpan<byte> Bytes(int column) =>
        SqliteColumns.AreDirect ? SqliteColumns.Bytes(_pointer, column) : raw.sqlite3_column_blob(statement, column);

    public string? Text(int column) => IsNull(column) ? null : Encoding.UTF8.GetString(Bytes(column));

    public void Dispose() => statement.Dispose();

    private int TypeOf(int column) =>
        SqliteColumns.AreDirect ? SqliteColumns.TypeOf(_pointer, column) : raw.sqlite3_column_type(statement, column);
}
