namespace HoodyLogs.Storage.Sqlite.Files;

/// <summary>Stops writing before the disk is full, so that other programs can still write. Reads the free space at most once a second.</summary>
internal sealed class DiskSpaceGuard(string path, Func<long> minFreeBytes, TimeProvider time)
{
    private readonly DriveInfo _drive = new(OperatingSystem.IsWindows() ? Path.GetPathRoot(path)! : Path.GetDirectoryName(path)!);
    private long _checkedAt = long.MinValue;
    private long _freeBytes;

    /// <summary>Throws if the disk has too little free space.</summary>
    /// <exception cref="LogStoreException">The disk has less free space than the configured minimum, or the free space cannot be read.</exception>
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
            $"The disk of the log database {path} has {_freeBytes} free bytes, less than ProxyLogs:Sqlite:MinFreeBytes ({floor}). Free disk space, or lower the option.");
    }

    private long ReadFreeSpace()
    {
        try
        {
            return _drive.AvailableFreeSpace;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new LogStoreException($"The free space of the disk with the log database {path} cannot be read: {failure.Message}", failure);
        }
    }
}
