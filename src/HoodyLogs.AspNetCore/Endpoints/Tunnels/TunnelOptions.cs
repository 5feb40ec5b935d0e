namespace HoodyLogs.AspNetCore;

/// <summary>The tunnel route. Section <c>ProxyLogs:Tunnels</c>; read once at the start (decision U1).</summary>
public sealed class TunnelOptions
{
    /// <summary>What stands before <c>/tunnels/{tunnelId}/requests</c>. Default <c>/v1</c>; null or empty switches the route off.</summary>
    public string? Prefix { get; set; } = "/v1";
}
