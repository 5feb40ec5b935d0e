namespace HoodyLogs.AspNetCore.Access;

/// <summary>How often one may read, per scope (decision A4). Section <c>ProxyLogs:Limits</c>; takes effect on reload.</summary>
public sealed class LimitOptions
{
    /// <summary>Reads a minute of a scope. Default 600; 1 to 10 000 000.</summary>
    public int ReadsPerMinute { get; set; } = 600;

    /// <summary>Streams that a scope may have open at once. Default 20; 1 to 10 000 000.</summary>
    public int StreamsPerScope { get; set; } = 20;
}
