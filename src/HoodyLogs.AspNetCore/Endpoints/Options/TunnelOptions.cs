using HoodyLogs.OptionAttributes;

namespace HoodyLogs.AspNetCore;

/// <summary>Options of the tunnel route. Section <c>ProxyLogs:Tunnels</c>. Changes take effect after a restart.</summary>
public sealed class TunnelOptions
{
    /// <summary>Gets or sets the path before <c>/tunnels/{tunnelId}/requests</c>.</summary>
    /// <value>A path that begins with <c>/</c>. The default is <c>/v1</c>. Null or an empty text switches the route off.</value>
    [RoutePrefix("a path that begins with / and has no parameters, or nothing for no tunnel route", IsOptional = true)]
    public string? Prefix { get; set; } = "/v1";
}
