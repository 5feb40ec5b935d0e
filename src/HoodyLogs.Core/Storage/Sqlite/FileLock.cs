using System.Text;

namespace HoodyLogs.Storage.Sqlite;

/// <summary>
/// Holds a database file for one store at a time, by an exclusively opened file beside it: SQLite's own locks would let a second process write in
/// turn. The operating system lets go of it however the process ends. A second file says who holds it.
/// </summary>
internal sealed class FileLock : IDisposable
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(50);

    // Two containers may share a file, and both be process 1.
    private static readonly string Self = $"{Environment.ProcessId} on {Environment.MachineName}";

    private readonly FileStream _held;
    private readonly string _ownerPath;

    private FileLock(FileStream held, string ownerPath) => (_held, _ownerPath) = (held, ownerPath);

    /// <exception cref="LogStoreException">Another process (or another store of this one) still has the file after the wait.</exception>
    public static async Task<FileLock> AcquireAsync(string path, TimeSpan wait, TimeProvider time, CancellationToken cancellationToken)
    {
        var (lockPath, ownerPath) = (path + ".lock", path + ".owner");
        var deadline = time.GetUtcNow() + wait;
        while (true)
        {
            try
            {
                var held = new FileStream(lockPath, PrivateFiles.Options(FileMode.OpenOrCreate, FileShare.None));
                await WriteOwnerAsync(ownerPath).ConfigureAwait(false);
                return new FileLock(held, ownerPath);
            }
            catch (IOException inUse) when (inUse is not (DirectoryNotFoundException or FileNotFoundException))
            {
                if (time.GetUtcNow() >= deadline) throw InUse(path, ownerPath, inUse);
            }

            await Task.Delay(RetryDelay, time, cancellationToken).ConfigureAwait(false);
        }
    }

    public void Dispose()
    {
        try
        {
            File.Delete(_ownerPath);
        }
        catch (IOException)
        {
            // It only informs, and the next owner writes it anew.
        }

        _held.Dispose();
    }

    private static async Task WriteOwnerAsync(string ownerPath)
    {
        var owner = new FileStream(ownerPath, PrivateFiles.Options(FileMode.Create, FileShare.Read));
        await using (owner.ConfigureAwait(false))
        {
            await owner.WriteAsync(Encoding.UTF8.GetBytes(Self)).ConfigureAwait(false);
        }
    }

    private static LogStoreException InUse(string path, string ownerPath, IOException inUse)
    {
        string? owner = null;
        try
        {
            owner = File.ReadAllText(ownerPath).Trim();
        }
        catch (IOException)
        {
            // The other process is just starting or ending; its number stays unknown.
        }

        var who = string.IsNullOrEmpty(owner) ? "another process" : owner == Self ? $"another store of this process ({owner})" : $"process {owner}";
        return new LogStoreException($"The log database {path} is in use by {who}: end it first, or give this one a database of its own.", inUse);
    }
}
