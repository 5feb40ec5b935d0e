namespace HoodyLogs;

/// <summary>Options of the queue between requests and the writer. Section <c>ProxyLogs:Queue</c>. Read once at start.</summary>
public sealed class QueueOptions
{
    /// <summary>The maximum number of queued records. Default: 65,536. Range: 1 to 10,000,000.</summary>
    public int Capacity { get; set; } = 65_536;

    /// <summary>The maximum size of queued records in bytes, including bodies. Default: 64 MiB. Range: 64 KiB to 16 GiB.</summary>
    public long MaxBytes { get; set; } = 67_108_864;

    /// <summary>What happens to a record when the queue is full. Default: <see cref="QueueFullMode.Drop"/>.</summary>
    public QueueFullMode WhenFull { get; set; }
}
