namespace HoodyLogs;

/// <summary>The live tail. Section <c>ProxyLogs:Tail</c>.</summary>
public sealed class TailOptions
{
    /// <summary>How many of the newest entries are held in memory for tails. Default 5 000; 16 to 1 000 000. Read once at the start.</summary>
    public int RingEntries { get; set; } = 5_000;

    /// <summary>The longest silence on a stream before a heartbeat. Default 15 s; 1 s to 15 s. Takes effect on reload, for streams that begin afterwards.</summary>
    public TimeSpan Heartbeat { get; set; } = TimeSpan.FromSeconds(15);
}
