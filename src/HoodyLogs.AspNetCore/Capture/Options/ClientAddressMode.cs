namespace HoodyLogs.AspNetCore;

/// <summary>How client addresses are stored (<see cref="CaptureOptions.ClientAddress"/>).</summary>
public enum ClientAddressMode
{
    /// <summary>The full address is stored.</summary>
    Full,

    /// <summary>The network is stored: the first 24 bits of an IPv4 address or the first 48 bits of an IPv6 address. The other bits are zero.</summary>
    Truncated,

    /// <summary>No address is stored.</summary>
    None,
}
