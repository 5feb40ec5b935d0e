namespace HoodyLogs.Storage.Sqlite.Files;

/// <summary>Stops writing before the disk is full, so that the rest of the machine goes on. Looks at the disk at most once a second.</summary>
internal sealed class DiskSpaceGuard(string path, Func<long> minFreeBytes, TimeProvider time)
{
    private readonly DriveInfo _drive = new(OperatingSystem.IsWindows() ? Path.GetPathRoot(path)! : Path.GetDirectoryName(path)!);
    private long _checkedAt = long.MinValue;
    private long _freeBytes;

    /// <exception cref="LogStoreException">The disk has less free than the floor.</exception>
    public void EnsureFreeSpace()
    {
        var floor = minFreeBytes();
        if (floor == 0) return;
        if (_checkedAt == long.MinValue || time.GetElapsedTime(_checkedAt) >= TimeSpan.FromSeconds(1))
        {
            _checkedAt = time.GetTimestamp();
            _freeBytes = ReadFreeSpace();
        }

        if (_freeBytes >= floor) return;
        throw new LogStoreException(
            $"The disk of the log database {path} has {_freeBytes} bytes free, less than ProxyLogs:Sqlite:MinFreeBytes ({floor}): free some, or lower it.");
    }

    private long ReadFreeSpace()
    {
        try
        {
            return _drive.AvailableFreeSpace;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new LogStoreException($"The disk of the log database {path} cannot be asked for its free space: {failure.Message}", failure);
        }
    }
}
