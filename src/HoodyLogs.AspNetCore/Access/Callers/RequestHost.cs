using HoodyLogs.AspNetCore.Capture.Scopes;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace HoodyLogs.AspNetCore.Access.Callers;

/// <summary>Reads the host name of a request, and the scope that the name contains.</summary>
internal static class RequestHost
{
    private const string LogsService = "logs";

    /// <summary>
    /// Returns whether the Host header differs from the server name of the TLS handshake. A handshake without a server name must not be followed by a
    /// host name that contains a scope.
    /// </summary>
    public static bool IsMisdirected(HttpContext context)
    {
        if (!TryGetServerName(context, out var serverName)) return false;
        var host = HostNames.GetHost(context.Request);
        return serverName.Length == 0 ? GetScope(host) is not null : !serverName.Equals(host, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Gets the scope that the host name contains; null if it contains none.</summary>
    /// <param name="context">The request. It must not be misdirected.</param>
    /// <param name="trustHostHeader">Whether to use the Host header if the connection has no TLS.</param>
    public static LogScope? GetScope(HttpContext context, bool trustHostHeader)
    {
        if (TryGetServerName(context, out var serverName)) return GetScope(serverName);
        return trustHostHeader ? GetScope(HostNames.GetHost(context.Request)) : null;
    }

    // The handshake feature has the name only if the server selects its options by name. The stream always has it.
    private static bool TryGetServerName(HttpContext context, out string serverName)
    {
        var handshake = context.Features.Get<ITlsHandshakeFeature>();
        serverName = handshake?.HostName is { Length: > 0 } name ? name : context.Features.Get<ISslStreamFeature>()?.SslStream.TargetHostName ?? "";
        return handshake is not null;
    }

    private static LogScope? GetScope(string? host) =>
        HostScopeParser.TryParse(host, out var scope) && scope.ServiceName == LogsService
            ? LogScope.Container(scope.ProjectId!, scope.ContainerId!)
            : null;
}
