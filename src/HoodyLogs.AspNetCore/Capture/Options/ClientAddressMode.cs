namespace HoodyLogs.AspNetCore;

/// <summary>How much of client addresses is kept (<see cref="CaptureOptions.ClientAddress"/>).</summary>
public enum ClientAddressMode
{
    /// <summary>The whole address.</summary>
    Full,

    /// <summary>The network: the first 24 bits of an IPv4 address, the first 48 bits of an IPv6 address, and zeros for the rest.</summary>
    Truncated,

    /// <summary>Nothing.</summary>
    None,
}
