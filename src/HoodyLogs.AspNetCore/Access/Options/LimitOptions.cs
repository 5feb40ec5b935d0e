using HoodyLogs.OptionAttributes;

namespace HoodyLogs.AspNetCore;

/// <summary>Options that limit the reads of each scope. Section <c>ProxyLogs:Limits</c>. A reload takes effect.</summary>
public sealed class LimitOptions
{
    /// <summary>Gets or sets the maximum number of reads of a scope in a minute. Further reads get status 429.</summary>
    /// <value>1 to 10,000,000. The default is 600.</value>
    [Number(1, 10_000_000)]
    public int ReadsPerMinute { get; set; } = 600;

    /// <summary>
    /// Gets or sets the maximum number of reads of a scope that are in progress at once. A read is in progress until its client has received the
    /// answer. A read with bodies counts as several if <c>Capture:MaxBodyBytes</c> is greater than 256 KiB: one for each 256 KiB. Further reads get
    /// status 429.
    /// </summary>
    /// <value>1 to 10,000. The default is 32.</value>
    [Number(1, 10_000)]
    public int MaxConcurrentReads { get; set; } = 32;

    /// <summary>
    /// Gets or sets how long a client may receive nothing while a part of its answer waits, at most 64 KiB at a time. After that its connection is
    /// closed. Streams have no such limit, because an unread stream uses only the buffer of its socket.
    /// </summary>
    /// <value>1 second to 10 minutes. The default is 30 seconds.</value>
    [Time("00:00:01", "00:10:00")]
    public TimeSpan SendTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Gets or sets how long a read may look at rows. After that it returns the entries found so far and the position to continue from. Only filters that
    /// need a scan are affected.
    /// </summary>
    /// <value>10 milliseconds to 1 minute. The default is 2 seconds.</value>
    [Time("00:00:00.010", "00:01:00")]
    public TimeSpan MaxScanTime { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Gets or sets the maximum number of open streams of a scope. Further streams get status 429.</summary>
    /// <value>1 to 10,000,000. The default is 20.</value>
    [Number(1, 10_000_000)]
    public int MaxStreams { get; set; } = 20;
}
