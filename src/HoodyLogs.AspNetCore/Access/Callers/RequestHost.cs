using HoodyLogs.AspNetCore.Capture.Scopes;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace HoodyLogs.AspNetCore.Access.Callers;

/// <summary>The name under which a request was addressed, and the scope that it names (decisions A1 (3) and A6).</summary>
internal static class RequestHost
{
    private const string LogsService = "logs";

    /// <summary>Over TLS the handshake's server name counts, and nobody may then ask for another host.</summary>
    public static bool IsMisdirected(HttpContext context)
    {
        if (!IsTls(context, out var serverName)) return false;
        var host = HostNames.Of(context.Request);
        return serverName.Length == 0 ? ScopeOf(host) is not null : !serverName.Equals(host, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>The scope that the name confines to; null where it names none.</summary>
    /// <param name="context">The request; not misdirected.</param>
    /// <param name="trustHostHeader">Whether the Host header counts where there is no TLS.</param>
    public static LogScope? ScopeOf(HttpContext context, bool trustHostHeader)
    {
        if (IsTls(context, out var serverName)) return ScopeOf(serverName);
        return trustHostHeader ? ScopeOf(HostNames.Of(context.Request)) : null;
    }

    // The handshake's own feature knows the name only where the server picks its options by it; the stream always does.
    private static bool IsTls(HttpContext context, out string serverName)
    {
        var handshake = context.Features.Get<ITlsHandshakeFeature>();
        serverName = handshake?.HostName is { Length: > 0 } name ? name : context.Features.Get<ISslStreamFeature>()?.SslStream.TargetHostName ?? "";
        return handshake is not null;
    }

    private static LogScope? ScopeOf(string? host) =>
        HostScopeParser.TryParse(host, out var scope) && scope.ServiceName == LogsService
            ? LogScope.Container(scope.ProjectId!, scope.ContainerId!)
            : null;
}
