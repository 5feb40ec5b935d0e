namespace HoodyLogs.Writing.Queue;

/// <summary>Limits a batch to 4,096 records or 8 MiB. A larger record gets a batch of its own.</summary>
internal struct BatchLimits
{
    public const int MaxRecords = 4096;
    private const long MaxBytes = 8 * 1024 * 1024;

    private int _records;
    private long _bytes;

    public readonly bool IsFull => _records >= MaxRecords || _bytes >= MaxBytes;

    /// <summary>Adds a record. Returns false if it belongs to the next batch.</summary>
    public bool TryAdd(LogRecord record)
    {
        if (IsFull) return false;
        _records++;
        _bytes += record.ApproximateBytes;
        return true;
    }
}
