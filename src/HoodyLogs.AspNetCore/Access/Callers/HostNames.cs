using System.Net;
using Microsoft.AspNetCore.Http;

namespace HoodyLogs.AspNetCore.Access.Callers;

/// <summary>Compares host names as clients write them.</summary>
internal static class HostNames
{
    /// <summary>Whether the name always means this machine, whatever DNS says.</summary>
    public static bool IsLoopback(string? host)
    {
        if (string.IsNullOrEmpty(host)) return false;
        if (host.Equals("localhost", StringComparison.OrdinalIgnoreCase)) return true;
        return IPAddress.TryParse(host, out var address) && IsLoopback(address);
    }

    public static bool IsLoopback(IPAddress? address) =>
        address is not null && IPAddress.IsLoopback(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address);

    /// <summary>The host that the request names, without a port. <see cref="HttpRequest.Host"/> throws if the name only looks like an internationalized one.</summary>
    public static string Of(HttpRequest request) => WithoutPort(request.Headers.Host.ToString());

    /// <summary>A host without its port.</summary>
    public static string WithoutPort(string host)
    {
        if (host.StartsWith('[')) return host[..(host.IndexOf(']') + 1)];
        var port = host.IndexOf(':');
        return port < 0 ? host : host[..port];
    }

    /// <summary>Without the brackets of an IPv6 address and without the final dot.</summary>
    public static string Normalize(string host) => host.TrimEnd('.').Trim('[', ']');

    /// <summary>Whether a text is a host name or an IP address, without scheme, port or path.</summary>
    public static bool IsValid(string host) => Uri.CheckHostName(host) != UriHostNameType.Unknown;
}
