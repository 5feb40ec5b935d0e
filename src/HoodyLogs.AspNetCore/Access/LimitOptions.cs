namespace HoodyLogs.AspNetCore;

/// <summary>How often one may read, per scope (decision A4). Section <c>ProxyLogs:Limits</c>; takes effect on reload.</summary>
public sealed class LimitOptions
{
    /// <summary>Reads a minute of a scope. Default 600; 1 to 10 000 000.</summary>
    public int ReadsPerMinute { get; set; } = 600;

    /// <summary>
    /// Reads of a scope that are in progress at once, from the request until the client has taken the answer. A read that shows bodies takes more of these
    /// where <c>Capture:MaxBodyBytes</c> is greater than 256 KiB: one for each 256 KiB. Beyond it a read gets 429. Default 32; 1 to 10 000.
    /// </summary>
    public int MaxConcurrentReads { get; set; } = 32;

    /// <summary>
    /// How long a client may take none of the answer that waits for it (at most 64 KiB at a time). Then its connection is cut off. Streams are not concerned: one
    /// that is not read holds nothing but its socket's buffer. Default 30 s; 1 s to 10 min.
    /// </summary>
    public TimeSpan SendTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How long a read may look at rows, for filters that need it. Then it ends with what was found, and says from where to go on. Default 2 s; 10 ms to
    /// 1 min.
    /// </summary>
    public TimeSpan MaxScanTime { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Streams that a scope may have open at once. Default 20; 1 to 10 000 000.</summary>
    public int MaxStreams { get; set; } = 20;
}
