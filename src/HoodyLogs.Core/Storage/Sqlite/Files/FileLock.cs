using System.Text;
using HoodyLogs.Storage.Files;

namespace HoodyLogs.Storage.Sqlite.Files;

/// <summary>
/// Holds a database file for one store at a time, by an exclusively locked file beside it: SQLite's own locks would let a second process write in
/// turn. The operating system releases the lock however the process ends. A second file names the holder, and only informs.
/// </summary>
internal sealed class FileLock : IDisposable
{
    // Two containers may share a file, and both be process 1.
    private static readonly string Self = $"{Environment.ProcessId} on {Environment.MachineName}";

    private readonly FileStream _stream;
    private readonly string _path;

    private FileLock(FileStream held, string path) => (_stream, _path) = (held, path);

    /// <summary>Takes the lock of a database file. Does not wait.</summary>
    /// <param name="path">The database file, without symbolic links.</param>
    /// <exception cref="LogStoreException">Another process (or another store of this process) holds the file.</exception>
    /// <exception cref="IOException">The lock file cannot be made.</exception>
    /// <exception cref="NotSupportedException">Its file system has no locks.</exception>
    /// <exception cref="UnauthorizedAccessException">There is no right to make or open the lock file.</exception>
    public static FileLock Acquire(string path)
    {
        var held = OpenExclusively(path);
        try
        {
            if (!AdvisoryLock.TryTake(held.SafeFileHandle)) throw InUse(path, null);
            WriteOwner(path);
            return new FileLock(held, path);
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    /// <summary>Whether the files of a lock stand beside a database file, so that a store has held it before.</summary>
    public static bool HasFiles(string path) => File.Exists(OwnerPath(path)) || new FileInfo(LockPath(path)) is { Exists: true, Length: 0 };

    public void Dispose()
    {
        Try(() => File.Delete(OwnerPath(_path)));
        _stream.Dispose();
    }

    /// <summary>Releases the lock and removes its file, so that it does not make the file beside it ours.</summary>
    public void Delete()
    {
        var path = LockPath(_path);
        if (!OperatingSystem.IsWindows()) Try(() => File.Delete(path));
        Dispose();
        if (OperatingSystem.IsWindows()) Try(() => File.Delete(path)); // an open file cannot be deleted there
    }

    private static string LockPath(string path) => path + ".lock";

    private static string OwnerPath(string path) => path + ".owner";

    private static FileStream OpenExclusively(string path)
    {
        try
        {
            return new FileStream(LockPath(path), PrivateFiles.Options(FileMode.OpenOrCreate, FileShare.None));
        }
        catch (IOException failure) when (AdvisoryLock.IsConflict(failure))
        {
            throw InUse(path, failure);
        }
    }

    /// <summary>On a full disk there may be no owner file. Then the old one goes, since it names somebody else.</summary>
    private static void WriteOwner(string path)
    {
        var owner = OwnerPath(path);
        if (Try(Write)) return;
        Try(() => File.Delete(owner));

        void Write()
        {
            using var file = new FileStream(owner, PrivateFiles.Options(FileMode.Create, FileShare.Read));
            file.Write(Encoding.UTF8.GetBytes(Self));
        }
    }

    private static LogStoreException InUse(string path, IOException? conflict)
    {
        string? owner = null;
        Try(() => owner = File.ReadAllText(OwnerPath(path)).Trim()); // unknown while the other process is just starting or ending
        var who = string.IsNullOrEmpty(owner) ? "another process" : owner == Self ? $"another store of this process ({owner})" : $"process {owner}";
        return new LogStoreException(
            $"The log database {path} is in use by {who}. It is taken over when it is released. If both shall run, set ProxyLogs:Sqlite:Database to a file of its own for each.",
            conflict!);
    }

    private static bool Try(Action action)
    {
        try
        {
            action();
            return true;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
