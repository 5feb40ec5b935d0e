namespace HoodyLogs;

/// <summary>The queue between the exchanges and the writer. Section <c>ProxyLogs:Queue</c>; read once at the start.</summary>
public sealed class QueueOptions
{
    /// <summary>At most this many records wait. Default 65 536; 1 to 10 000 000.</summary>
    public int Capacity { get; set; } = 65_536;

    /// <summary>At most this many bytes of records wait, bodies counted. Default 64 MiB; 64 KiB to 16 GiB.</summary>
    public long MaxBytes { get; set; } = 67_108_864;

    /// <summary>What happens to a record that finds the queue full. Default <see cref="QueueFullMode.Drop"/>.</summary>
    public QueueFullMode WhenFull { get; set; }
}
