using System.Net;
using Microsoft.AspNetCore.Http;

namespace HoodyLogs.AspNetCore.Access.Callers;

/// <summary>Parses and compares host names.</summary>
internal static class HostNames
{
    /// <summary>Returns whether a name is localhost or a loopback address, which DNS cannot change.</summary>
    public static bool IsLoopback(string? host)
    {
        if (string.IsNullOrEmpty(host)) return false;
        if (host.Equals("localhost", StringComparison.OrdinalIgnoreCase)) return true;
        return IPAddress.TryParse(host, out var address) && IsLoopback(address);
    }

    public static bool IsLoopback(IPAddress? address) =>
        address is not null && IPAddress.IsLoopback(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address);

    /// <summary>Gets the host of a request without the port. It does not use <see cref="HttpRequest.Host"/>, which throws for some invalid internationalized names.</summary>
    public static string GetHost(HttpRequest request) => RemovePort(request.Headers.Host.ToString());

    /// <summary>Removes the port.</summary>
    public static string RemovePort(string host)
    {
        if (host.StartsWith('[')) return host[..(host.IndexOf(']') + 1)];
        var port = host.IndexOf(':');
        return port < 0 ? host : host[..port];
    }

    /// <summary>Removes the brackets of an IPv6 address and the final dot.</summary>
    public static string Normalize(string host) => host.TrimEnd('.').Trim('[', ']');

    /// <summary>Returns whether a text is a host name or an IP address, without scheme, port or path.</summary>
    public static bool IsValid(string host) => Uri.CheckHostName(host) != UriHostNameType.Unknown;
}
