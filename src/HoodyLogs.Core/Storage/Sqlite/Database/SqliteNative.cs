using System.Runtime.InteropServices;
using SQLitePCL;

namespace HoodyLogs.Storage.Sqlite.Database;

/// <summary>
/// Direct calls of SQLite functions that run for every row. SQLitePCLRaw counts references and switches the GC mode at each call. That costs more than
/// reading or binding a value.
/// </summary>
/// <remarks>
/// Functions with <see cref="SuppressGCTransitionAttribute"/> neither block nor call back: a connection has no mutex and is used by one thread at a time,
/// and columns are read in their stored type. Step and reset do not have it, because they can wait for the disk.
/// </remarks>
internal static unsafe partial class SqliteNative
{
    private const string Library = "e_sqlite3";

    /// <summary>Whether SQLitePCLRaw uses the same native library. A host can configure another one.</summary>
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

    /// <summary>Binds bytes that SQLite does not copy. They must not move until the parameter is bound again.</summary>
    public static int BindBlobInPlace(nint statement, int parameter, byte* bytes, int length) =>
        BindBlob(statement, parameter, bytes, length, destructor: 0);

    [LibraryImport(Library, EntryPoint = "sqlite3_column_int64")]
    [SuppressGCTransition]
    public static partial long GetInt64(nint statement, int column);

    [LibraryImport(Library, EntryPoint = "sqlite3_column_type")]
    [SuppressGCTransition]
    public static partial int ColumnType(nint statement, int column);

    /// <summary>Returns a blob, or a text as UTF-8. Empty for null. Valid until the next step or reset.</summary>
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
