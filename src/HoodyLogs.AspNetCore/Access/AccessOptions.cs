using Microsoft.AspNetCore.Http;

namespace HoodyLogs.AspNetCore.Access;

/// <summary>Who may read. Section <c>ProxyLogs:Access</c>; takes effect on reload (decision A1).</summary>
public sealed class AccessOptions
{
    /// <summary>The tokens. Default: none.</summary>
    public IList<AccessToken> Tokens { get; set; } = [];

    /// <summary>Local ports of connections whose callers are admins. Default: none; 1 to 65 535.</summary>
    public IList<int> AdminPorts { get; set; } = [];

    /// <summary>Whether host names confine callers (decisions A1 (3) and A6). Default false.</summary>
    public bool HostScopes { get; set; }

    /// <summary>Whether the Host header is trusted to name the scope where there is no TLS. Default false.</summary>
    public bool TrustHostHeader { get; set; }

    /// <summary>Whether a host name alone admits this caller (decision A1 (3)). Code only. Default: nobody.</summary>
    public Func<HttpContext, bool>? HostGate { get; set; }
}
