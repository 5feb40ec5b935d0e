using System.Runtime.InteropServices;
using SQLitePCL;

namespace HoodyLogs.Storage.Sqlite;

/// <summary>
/// The columns of the row on which a statement stands, asked for without the reference counting and the change of the GC's mode that SQLitePCLRaw
/// does for each of them, which cost more than all else of reading a row.
/// </summary>
/// <remarks>They do not block, allocate or call back: the statement is used by one thread at a time, and text is stored as the UTF-8 that it is read as.</remarks>
internal static unsafe partial class SqliteColumns
{
    private const string Library = "e_sqlite3";

    /// <summary>Whether SQLitePCLRaw uses the library that is asked here; a host may have given it another one.</summary>
    public static bool AreDirect { get; } = raw.GetNativeLibraryName() == Library;

    [LibraryImport(Library, EntryPoint = "sqlite3_column_int64")]
    [SuppressGCTransition]
    public static partial long Int64(nint statement, int column);

    [LibraryImport(Library, EntryPoint = "sqlite3_column_type")]
    [SuppressGCTransition]
    public static partial int TypeOf(nint statement, int column);

    /// <summary>A blob, or the UTF-8 of a text; empty for null. Valid until the next step or reset.</summary>
    public static ReadOnlySpan<byte> Bytes(nint statement, int column)
    {
        var start = Blob(statement, column);
        return new ReadOnlySpan<byte>(start, start is null ? 0 : Length(statement, column));
    }

    [LibraryImport(Library, EntryPoint = "sqlite3_column_blob")]
    [SuppressGCTransition]
    private static partial void* Blob(nint statement, int column);

    [LibraryImport(Library, EntryPoint = "sqlite3_column_bytes")]
    [SuppressGCTransition]
    private static partial int Length(nint statement, int column);
}
