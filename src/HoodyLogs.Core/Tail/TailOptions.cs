namespace HoodyLogs;

/// <summary>Options of the live tail. Section <c>ProxyLogs:Tail</c>.</summary>
public sealed class TailOptions
{
    /// <summary>The number of newest entries in memory for tails. Default: 5,000. Range: 16 to 1,000,000. Read once at start.</summary>
    public int RingEntries { get; set; } = 5_000;

    /// <summary>The maximum silence on a stream before a heartbeat. Default: 15 s. Range: 1 s to 15 s. A reload applies to new streams.</summary>
    public TimeSpan Heartbeat { get; set; } = TimeSpan.FromSeconds(15);
}
