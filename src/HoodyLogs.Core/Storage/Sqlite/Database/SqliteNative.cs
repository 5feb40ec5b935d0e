using System.Runtime.InteropServices;
using SQLitePCL;

namespace HoodyLogs.Storage.Sqlite.Database;

/// <summary>
/// What is asked of SQLite for every row, without the reference counting and the change of the GC's mode that SQLitePCLRaw does for each call, which
/// cost more than all else of reading or binding a row.
/// </summary>
/// <remarks>
/// What suppresses the change of mode does not block or call back: a connection has no mutex and is used by one thread at a time, and columns are
/// read as they are stored. A step or a reset may wait for the disk.
/// </remarks>
internal static unsafe partial class SqliteNative
{
    private const string Library = "e_sqlite3";

    /// <summary>Whether SQLitePCLRaw uses the library that is asked here; a host may have given it another one.</summary>
    public static bool IsAvailable { get; } = raw.GetNativeLibraryName() == Library;

    [LibraryImport(Library, EntryPoint = "sqlite3_step")]
    public static partial int Step(nint statement);

    [LibraryImport(Library, EntryPoint = "sqlite3_reset")]
    public static partial int Reset(nint statement);

    [LibraryImport(Library, EntryPoint = "sqlite3_bind_int64")]
    [SuppressGCTransition]
    public static partial int BindInt64(nint statement, int parameter, long value);

    [LibraryImport(Library, EntryPoint = "sqlite3_bind_null")]
    [SuppressGCTransition]
    public static partial int BindNull(nint statement, int parameter);

    /// <summary>Binds bytes of which SQLite takes no copy: they must stay where they are until the parameter is bound to something else.</summary>
    public static int BindBlobInPlace(nint statement, int parameter, byte* bytes, int length) =>
        BindBlob(statement, parameter, bytes, length, destructor: 0);

    [LibraryImport(Library, EntryPoint = "sqlite3_column_int64")]
    [SuppressGCTransition]
    public static partial long GetInt64(nint statement, int column);

    [LibraryImport(Library, EntryPoint = "sqlite3_column_type")]
    [SuppressGCTransition]
    public static partial int ColumnType(nint statement, int column);

    /// <summary>A blob, or the UTF-8 of a text; empty for null. Valid until the next step or reset.</summary>
    public static ReadOnlySpan<byte> GetBytes(nint statement, int column)
    {
        var start = Blob(statement, column);
        return new ReadOnlySpan<byte>(start, start is null ? 0 : Length(statement, column));
    }

    [LibraryImport(Library, EntryPoint = "sqlite3_bind_blob")]
    [SuppressGCTransition]
    private static partial int BindBlob(nint statement, int parameter, byte* bytes, int length, nint destructor);

    [LibraryImport(Library, EntryPoint = "sqlite3_column_blob")]
    [SuppressGCTransition]
    private static partial void* Blob(nint statement, int column);

    [LibraryImport(Library, EntryPoint = "sqlite3_column_bytes")]
    [SuppressGCTransition]
    private static partial int Length(nint statement, int column);
}
