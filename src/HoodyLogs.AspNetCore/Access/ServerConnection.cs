using System.Net;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;

namespace HoodyLogs.AspNetCore.Access;

/// <summary>
/// The connection as the server accepted it. <see cref="HttpContext.Connection"/> is not enough: middleware such as UseForwardedHeaders writes
/// what a header says into it, and trusts every client of a Unix socket.
/// </summary>
internal static class ServerConnection
{
    /// <summary>The port that the connection came in by; null for a connection without an IP address.</summary>
    public static int? LocalPort(HttpContext context)
    {
        if (context.Features.Get<IConnectionEndPointFeature>() is { } ends) return (ends.LocalEndPoint as IPEndPoint)?.Port;
        return context.Connection.LocalIpAddress is null ? null : context.Connection.LocalPort;
    }

    /// <summary>Whether the connection comes from this machine, and nothing has rewritten where it comes from.</summary>
    public static bool IsLoopback(HttpContext context)
    {
        var connection = context.Connection;
        if (!HostNames.IsLoopback(connection.RemoteIpAddress)) return false;
        if (context.Features.Get<IConnectionEndPointFeature>() is not { } ends) return connection.LocalIpAddress is not null;
        return ends.LocalEndPoint is IPEndPoint
            && ends.RemoteEndPoint is IPEndPoint remote
            && HostNames.IsLoopback(remote.Address)
            && remote.Port == connection.RemotePort;
    }

    /// <summary>Whether there is no connection to speak of: a test server calls the application directly.</summary>
    public static bool IsInMemory(HttpContext context) =>
        context.Features.Get<IConnectionEndPointFeature>() is null or { LocalEndPoint: null, RemoteEndPoint: null }
        && context.Connection.LocalIpAddress is null;
}
