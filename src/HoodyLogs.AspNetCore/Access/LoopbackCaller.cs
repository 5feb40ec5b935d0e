using System.Net;
using Microsoft.AspNetCore.Http;

namespace HoodyLogs.AspNetCore.Access;

/// <summary>Whether a request comes from this very machine, with nothing in between that could have carried it from elsewhere (decision A1).</summary>
internal static class LoopbackCaller
{
    public static bool Is(HttpContext context) =>
        IsLoopback(context.Connection.RemoteIpAddress) && IsLoopbackName(context.Request.Host.Host) && !WasForwarded(context.Request.Headers);

    private static bool IsLoopback(IPAddress? address) =>
        address is not null && IPAddress.IsLoopback(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address);

    // A page of any site can make a browser on this machine send requests here, but not under a loopback name.
    private static bool IsLoopbackName(string? host)
    {
        if (string.IsNullOrEmpty(host)) return false;
        if (host.Equals("localhost", StringComparison.OrdinalIgnoreCase)) return true;
        return IPAddress.TryParse(host, out var address) && IsLoopback(address);
    }

    private static bool WasForwarded(IHeaderDictionary headers)
    {
        foreach (var name in headers.Keys)
        {
            // X-Original-*: what ASP.NET's own middleware makes of the X-Forwarded-* headers that it has consumed.
            if (name.Equals("Forwarded", StringComparison.OrdinalIgnoreCase)
                || name.StartsWith("X-Forwarded-", StringComparison.OrdinalIgnoreCase)
                || name.StartsWith("X-Original-", StringComparison.OrdinalIgnoreCase)) return true;
        }

        return false;
    }
}
