using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;

namespace HoodyLogs.AspNetCore.Access.Callers;

/// <summary>
/// Reads the connection as the server accepted it. <see cref="HttpContext.Connection"/> is not reliable: middleware such as UseForwardedHeaders overwrites it
/// with values of headers, and trusts every client of a Unix socket.
/// </summary>
internal static class ServerConnection
{
    /// <summary>Gets the local port of the connection; null for a connection without an IP address.</summary>
    public static int? GetLocalPort(HttpContext context)
    {
        if (GetAccepted(context) is { LocalEndPoint: { } local }) return (local as IPEndPoint)?.Port;
        return context.Connection.LocalIpAddress is null ? null : context.Connection.LocalPort;
    }

    /// <summary>Returns whether the connection comes from this machine and no middleware has changed its remote address.</summary>
    public static bool IsLoopback(HttpContext context)
    {
        var connection = context.Connection;
        if (!HostNames.IsLoopback(connection.RemoteIpAddress)) return false;
        if (GetAccepted(context) is not { LocalEndPoint: { } local } accepted) return connection.LocalIpAddress is not null;
        return local is IPEndPoint
            && accepted.RemoteEndPoint is IPEndPoint remote
            && HostNames.IsLoopback(remote.Address)
            && remote.Port == connection.RemotePort;
    }

    /// <summary>Returns whether there is no connection, as with a test server, which calls the application directly.</summary>
    public static bool IsInMemory(HttpContext context) =>
        context.Features.Get<IConnectionTransportFeature>() is null && context.Connection.LocalIpAddress is null;

    /// <summary>Gets the connection of Kestrel; null on other servers, whose addresses only <see cref="HttpContext.Connection"/> has.</summary>
    private static BaseConnectionContext? GetAccepted(HttpContext context) => context.Features.Get<IConnectionTransportFeature>() as BaseConnectionContext;
}
