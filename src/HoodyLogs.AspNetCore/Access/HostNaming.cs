using HoodyLogs.AspNetCore.Capture;
using HoodyLogs.Tenancy;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;

namespace HoodyLogs.AspNetCore.Access;

/// <summary>The name under which a request was addressed, and the scope that it names (decisions A1 (3) and A6).</summary>
internal static class HostNaming
{
    private const string LogsService = "logs";

    /// <summary>Over TLS the handshake's server name counts, and nobody may then ask for another host.</summary>
    public static bool IsMisdirected(HttpContext context)
    {
        if (context.Features.Get<ITlsHandshakeFeature>() is not { } handshake) return false;
        var host = context.Request.Host.Host ?? "";
        return string.IsNullOrEmpty(handshake.HostName)
            ? ScopeOf(host) is not null
            : !handshake.HostName.Equals(host, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>The scope that the name confines to; null where it names none.</summary>
    /// <param name="context">The request; not misdirected.</param>
    /// <param name="trustHostHeader">Whether the Host header counts where there is no TLS.</param>
    public static LogScope? ScopeOf(HttpContext context, bool trustHostHeader)
    {
        if (context.Features.Get<ITlsHandshakeFeature>() is { } handshake) return ScopeOf(handshake.HostName);
        return trustHostHeader ? ScopeOf(context.Request.Host.Host) : null;
    }

    private static LogScope? ScopeOf(string? host) =>
        HostScopeName.TryParse(host, out var scope) && scope.ServiceName == LogsService
            ? LogScope.Container(scope.ProjectId!, scope.ContainerId!)
            : null;
}
