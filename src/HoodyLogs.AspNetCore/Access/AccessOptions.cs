using Microsoft.AspNetCore.Http;

namespace HoodyLogs.AspNetCore;

/// <summary>Who may read. Section <c>ProxyLogs:Access</c>; takes effect on reload (decision A1).</summary>
public sealed class AccessOptions
{
    /// <summary>The tokens. Default: none.</summary>
    public IList<AccessToken> Tokens { get; set; } = [];

    /// <summary>Local ports of connections whose callers are admins. Default: none; 1 to 65 535. A connection without an IP address has no port.</summary>
    public IList<int> AdminPorts { get; set; } = [];

    /// <summary>
    /// Host names, without a port, under which web pages may use <see cref="AdminPorts"/>. A loopback name is always allowed. Default: none. A page
    /// under any other name is refused, since DNS rebinding can point that name at this server.
    /// </summary>
    public IList<string> AdminHosts { get; set; } = [];

    /// <summary>Whether host names confine callers (decisions A1 (3) and A6). Default false.</summary>
    public bool RestrictByHost { get; set; }

    /// <summary>Whether the Host header is trusted to name the scope where there is no TLS. Default false.</summary>
    public bool TrustHostHeader { get; set; }

    /// <summary>
    /// Whether an in-memory connection, such as one of a test server, is admin in Development while no rule is configured. Default false. It has no
    /// effect in other environments.
    /// </summary>
    public bool AllowInMemory { get; set; }

    /// <summary>The claim type that names the project of a signed-in user. Default <c>project_id</c>; 1 to 256 characters.</summary>
    public string ProjectClaim { get; set; } = "project_id";

    /// <summary>The claim type that names the container of a signed-in user. Default <c>container_id</c>; 1 to 256 characters.</summary>
    public string ContainerClaim { get; set; } = "container_id";

    /// <summary>The role of signed-in users who see everything. Default <c>logs-admin</c>; 1 to 256 characters.</summary>
    public string AdminRole { get; set; } = "logs-admin";

    /// <summary>Whether a host name alone admits this caller (decision A1 (3)). Code only. Default: nobody.</summary>
    public Func<HttpContext, bool>? HostGate { get; set; }
}
