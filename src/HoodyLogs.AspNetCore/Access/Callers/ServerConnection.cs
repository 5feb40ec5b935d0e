using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;

namespace HoodyLogs.AspNetCore.Access.Callers;

/// <summary>
/// The connection as the server accepted it. <see cref="HttpContext.Connection"/> is not enough: middleware such as UseForwardedHeaders writes
/// what a header says into it, and trusts every client of a Unix socket.
/// </summary>
internal static class ServerConnection
{
    /// <summary>The port that the connection came in by; null for a connection without an IP address.</summary>
    public static int? LocalPort(HttpContext context)
    {
        if (Accepted(context) is { LocalEndPoint: { } local }) return (local as IPEndPoint)?.Port;
        return context.Connection.LocalIpAddress is null ? null : context.Connection.LocalPort;
    }

    /// <summary>Whether the connection comes from this machine, and nothing has rewritten where it comes from.</summary>
    public static bool IsLoopback(HttpContext context)
    {
        var connection = context.Connection;
        if (!HostNames.IsLoopback(connection.RemoteIpAddress)) return false;
        if (Accepted(context) is not { LocalEndPoint: { } local } accepted) return connection.LocalIpAddress is not null;
        return local is IPEndPoint
            && accepted.RemoteEndPoint is IPEndPoint remote
            && HostNames.IsLoopback(remote.Address)
            && remote.Port == connection.RemotePort;
    }

    /// <summary>Whether there is no connection at all: a test server calls the application directly.</summary>
    public static bool IsInMemory(HttpContext context) =>
        context.Features.Get<IConnectionTransportFeature>() is null && context.Connection.LocalIpAddress is null;

    /// <summary>Kestrel's own connection; null on other servers, whose addresses nothing but <see cref="HttpContext.Connection"/> tells.</summary>
    private static BaseConnectionContext? Accepted(HttpContext context) => context.Features.Get<IConnectionTransportFeature>() as BaseConnectionContext;
}
