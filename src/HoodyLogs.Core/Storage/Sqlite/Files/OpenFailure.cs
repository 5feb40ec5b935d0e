using HoodyLogs.Storage.Files;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace HoodyLogs.Storage.Sqlite.Files;

/// <summary>Explains why a database file cannot be opened and how to fix it.</summary>
internal static class OpenFailure
{
    private const int PrimaryCode = 0xFF;
    private const int NoSpace = 28;
    private const int ReadOnly = 30;
    private const int WindowsDiskFull = unchecked((int)0x80070070);
    private const int WindowsWriteProtected = unchecked((int)0x80070013);

    private static readonly int QuotaExceeded = OperatingSystem.IsLinux() ? 122 : 69;

    /// <summary>Returns whether <see cref="Explain"/> can add a cause and advice.</summary>
    public static bool CanExplain(Exception failure) =>
        failure is IOException or UnauthorizedAccessException or NotSupportedException or LogStoreException { InnerException: SqliteException };

    /// <summary>Returns an exception with the path, the cause and the advice.</summary>
    public static LogStoreException Explain(string path, Exception failure)
    {
        var cause = (failure.InnerException as SqliteException ?? failure).Message.TrimEnd('.');
        return new LogStoreException($"The log database {path} cannot be opened: {cause}. {Advice(path, failure)}", failure.InnerException as SqliteException ?? failure);
    }

    private static string Advice(string path, Exception failure)
    {
        const string elsewhere = "or set ProxyLogs:Sqlite:Database to a path elsewhere.";
        if (failure.InnerException is SqliteException sqlite) return Advice(sqlite);
        return failure switch
        {
            UnauthorizedAccessException => $"{Rights(path)} Allow this user to write there, {elsewhere}",
            NotSupportedException => "Set ProxyLogs:Sqlite:Database to a path on a local disk.",
            PathTooLongException => $"The path or a name in it is too long. Most file systems allow 255 bytes for a name, and other files of the store have names that are up to 40 bytes longer. Shorten the path, {elsewhere}",
            { HResult: NoSpace or WindowsDiskFull } => $"The disk is full or has no free inodes. Free disk space, {elsewhere}",
            { HResult: ReadOnly or WindowsWriteProtected } => $"The file system is read-only. Mount a writable volume, {elsewhere}",
            _ when failure.HResult == QuotaExceeded => $"The disk quota is used up. Raise it, {elsewhere}",
            _ => $"Make sure that {FileOwner.CurrentUser} can write to the folder, {elsewhere}",
        };
    }

    private static string Advice(SqliteException failure) => (failure.SqliteErrorCode & PrimaryCode) switch
    {
        raw.SQLITE_FULL => "The disk is full or has no free inodes. Free disk space, or set ProxyLogs:Sqlite:Database to a path elsewhere.",
        raw.SQLITE_READONLY => "The file system or the file is read-only. Make it writable, or set ProxyLogs:Sqlite:Database to a path elsewhere.",
        raw.SQLITE_BUSY or raw.SQLITE_LOCKED => "Another program has locked the file. Stop that program.",
        raw.SQLITE_IOERR => "The disk has an error or is full. Check the disk.",
        _ => "Make sure that this process can write to the file and its folder, or set ProxyLogs:Sqlite:Database to a path elsewhere.",
    };

    /// <summary>Describes which file or folder belongs to another user. If there is none, describes the nearest existing one.</summary>
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
