using HoodyLogs.Storage.Files;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace HoodyLogs.Storage.Sqlite.Files;

/// <summary>Says why a database file cannot be opened and what to do about it.</summary>
internal static class OpenFailure
{
    private const int PrimaryCode = 0xFF;
    private const int NoSpace = 28;
    private const int ReadOnly = 30;
    private const int WindowsDiskFull = unchecked((int)0x80070070);
    private const int WindowsWriteProtected = unchecked((int)0x80070013);

    private static readonly int QuotaExceeded = OperatingSystem.IsLinux() ? 122 : 69;

    /// <summary>Whether <see cref="Explain"/> has something to add.</summary>
    public static bool CanExplain(Exception failure) =>
        failure is IOException or UnauthorizedAccessException or NotSupportedException or LogStoreException { InnerException: SqliteException };

    /// <summary>The failure with the path, the cause and the advice.</summary>
    public static LogStoreException Explain(string path, Exception failure)
    {
        var cause = (failure.InnerException as SqliteException ?? failure).Message.TrimEnd('.');
        return new LogStoreException($"The log database {path} cannot be opened: {cause}. {Advice(path, failure)}", failure.InnerException as SqliteException ?? failure);
    }

    private static string Advice(string path, Exception failure)
    {
        const string elsewhere = "or set ProxyLogs:Sqlite:Database to a file elsewhere.";
        if (failure.InnerException is SqliteException sqlite) return Advice(sqlite);
        return failure switch
        {
            UnauthorizedAccessException => $"{Rights(path)} Give it the right to write there, {elsewhere}",
            NotSupportedException => "Set ProxyLogs:Sqlite:Database to a file on a local disk.",
            PathTooLongException => $"The path or one of its names is too long: most file systems allow 255 bytes for a name, and names of up to 40 more are made from it. Shorten it, {elsewhere}",
            { HResult: NoSpace or WindowsDiskFull } => $"The disk is full or has no inodes left: free some, {elsewhere}",
            { HResult: ReadOnly or WindowsWriteProtected } => $"The file system is read-only: mount a volume that can be written there, {elsewhere}",
            _ when failure.HResult == QuotaExceeded => $"The disk quota is used up: raise it, {elsewhere}",
            _ => $"Make sure that {FileOwner.CurrentUser} can write to its folder, {elsewhere}",
        };
    }

    private static string Advice(SqliteException failure) => (failure.SqliteErrorCode & PrimaryCode) switch
    {
        raw.SQLITE_FULL => "The disk is full or has no inodes left: free some, or set ProxyLogs:Sqlite:Database to a file elsewhere.",
        raw.SQLITE_READONLY => "The file system or the file is read-only: make it writable, or set ProxyLogs:Sqlite:Database to a file elsewhere.",
        raw.SQLITE_BUSY or raw.SQLITE_LOCKED => "Another program holds SQLite's lock on it: end that program.",
        raw.SQLITE_IOERR => "The disk fails, or is full.",
        _ => "Make sure that the file and its folder can be written, or set ProxyLogs:Sqlite:Database to a file elsewhere.",
    };

    /// <summary>Names the file or folder that belongs to somebody else, or else the one that is nearest, and whose it is.</summary>
    private static string Rights(string path)
    {
        var nearest = path;
        while (!Path.Exists(nearest) && Path.GetDirectoryName(nearest) is { Length: > 0 } folder) nearest = folder;
        string[] needed = [nearest, path + ".lock", path + "-wal", path + "-shm", Path.GetDirectoryName(path)!];
        var found = needed.FirstOrDefault(file => FileOwner.Find(file) is { } owner && owner != FileOwner.CurrentUserId) ?? nearest;
        return FileOwner.Find(found) is { } owner
            ? $"{found} belongs to user id {owner}, and this process runs as {FileOwner.CurrentUser}."
            : $"This process runs as {FileOwner.CurrentUser}.";
    }
}
