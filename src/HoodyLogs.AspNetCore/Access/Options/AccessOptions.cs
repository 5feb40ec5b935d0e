using HoodyLogs.AspNetCore.Access.Options;
using HoodyLogs.OptionAttributes;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace HoodyLogs.AspNetCore;

/// <summary>Options that say who may read. Section <c>ProxyLogs:Access</c>. A reload takes effect.</summary>
public sealed class AccessOptions
{
    /// <summary>Gets or sets the tokens.</summary>
    /// <value>The default is an empty list.</value>
    [AccessTokens, ValidateEnumeratedItems]
    public IList<AccessToken> Tokens { get; set; } = [];

    /// <summary>
    /// Gets or sets the local ports whose callers are admins. The port of the connection counts, not the port in the Host header. A connection
    /// without an IP address has no port.
    /// </summary>
    /// <value>Ports, 1 to 65,535. The default is an empty list.</value>
    [Number(1, 65_535)]
    public IList<int> AdminPorts { get; set; } = [];

    /// <summary>
    /// Gets or sets the host names under which web pages may use <see cref="AdminPorts"/>. Loopback names are always allowed. Pages under other
    /// names are refused, because DNS rebinding can point any name at this server.
    /// </summary>
    /// <value>Host names or IP addresses without a port. The default is an empty list.</value>
    [HostName]
    public IList<string> AdminHosts { get; set; } = [];

    /// <summary>
    /// Gets or sets whether the host name of a request, <c>{projectId}-{containerId}-logs-{n}.…</c>, restricts an admitted caller to that container.
    /// </summary>
    /// <value>The default is false.</value>
    public bool RestrictByHost { get; set; }

    /// <summary>Gets or sets whether the Host header names the scope of a request without TLS. With TLS, the server name of the handshake counts.</summary>
    /// <value>The default is false.</value>
    public bool TrustHostHeader { get; set; }

    /// <summary>
    /// Gets or sets whether an in-memory connection, such as one of a test server, is an admin while no rule is configured. It has no effect outside
    /// the environment Development.
    /// </summary>
    /// <value>The default is false.</value>
    public bool AllowInMemory { get; set; }

    /// <summary>Gets or sets the claim type that names the project of a signed-in user.</summary>
    /// <value>1 to 256 characters. The default is <c>project_id</c>.</value>
    [Name(256)]
    public string ProjectClaim { get; set; } = "project_id";

    /// <summary>Gets or sets the claim type that names the container of a signed-in user.</summary>
    /// <value>1 to 256 characters. The default is <c>container_id</c>.</value>
    [Name(256)]
    public string ContainerClaim { get; set; } = "container_id";

    /// <summary>Gets or sets the role of signed-in users who are admins.</summary>
    /// <value>1 to 256 characters. The default is <c>logs-admin</c>.</value>
    [Name(256)]
    public string AdminRole { get; set; } = "logs-admin";

    /// <summary>
    /// Gets or sets a delegate that returns whether the host name of a request is enough to admit its caller. It can only be set in code.
    /// </summary>
    /// <value>The default is null: a host name admits no caller.</value>
    public Func<HttpContext, bool>? HostGate { get; set; }
}
