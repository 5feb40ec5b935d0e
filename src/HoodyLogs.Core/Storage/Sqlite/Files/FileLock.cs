using System.Text;
using HoodyLogs.Storage.Files;

namespace HoodyLogs.Storage.Sqlite.Files;

/// <summary>
/// Ensures that one store at a time uses a database file, by a locked file next to it. SQLite's own locks would let a second process write in between.
/// The operating system releases the lock when the process ends. A second file names the owner. It is only informative.
/// </summary>
internal sealed class FileLock : IDisposable
{
    // With the machine name, because two containers can share a file and both have process id 1.
    private static readonly string Self = $"{Environment.ProcessId} on {Environment.MachineName}";

    private readonly FileStream _stream;
    private readonly string _path;

    private FileLock(FileStream held, string path) => (_stream, _path) = (held, path);

    /// <summary>Locks a database file. Does not wait.</summary>
    /// <param name="path">The path of the database file, without symbolic links.</param>
    /// <exception cref="LogStoreException">Another process, or another store of this process, uses the file.</exception>
    /// <exception cref="IOException">The lock file cannot be created.</exception>
    /// <exception cref="NotSupportedException">The file system does not support locks.</exception>
    /// <exception cref="UnauthorizedAccessException">This process may not create or open the lock file.</exception>
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

    /// <summary>Returns whether lock files exist next to the database file. They prove that a store has used the database before.</summary>
    public static bool HasFiles(string path) => File.Exists(OwnerPath(path)) || new FileInfo(LockPath(path)) is { Exists: true, Length: 0 };

    public void Dispose()
    {
        Try(() => File.Delete(OwnerPath(_path)));
        _stream.Dispose();
    }

    /// <summary>Releases the lock and deletes its file, so that it does not mark the database file as one of HoodyLogs.</summary>
    public void Delete()
    {
        var path = LockPath(_path);
        if (!OperatingSystem.IsWindows()) Try(() => File.Delete(path));
        Dispose();
        if (OperatingSystem.IsWindows()) Try(() => File.Delete(path)); // Windows cannot delete an open file
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

    /// <summary>Writes the owner file. If that fails, deletes the old one, because it names a previous owner.</summary>
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
        Try(() => owner = File.ReadAllText(OwnerPath(path)).Trim()); // the owner is unknown while the other process starts or ends
        var who = string.IsNullOrEmpty(owner) ? "another process" : owner == Self ? $"another store of this process ({owner})" : $"process {owner}";
        return new LogStoreException(
            $"The log database {path} is in use by {who}. This process opens it when it is released. To run both, set ProxyLogs:Sqlite:Database to a different file for each.",
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
