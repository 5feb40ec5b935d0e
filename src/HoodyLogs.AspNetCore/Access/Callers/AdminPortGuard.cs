using System.Collections.Frozen;
using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace HoodyLogs.AspNetCore.Access.Callers;

/// <summary>
/// Protects admin ports against web pages. A page of any site can send requests to a port that its browser reaches, and DNS rebinding lets it read the
/// responses. So a request of a browser must use a known host name.
/// </summary>
internal static class AdminPortGuard
{
    public const string UnknownHostMessage = "An admin port serves web pages only under a loopback name or one that is listed in ProxyLogs:Access:AdminHosts";

    /// <summary>Returns whether an admin port may serve a request.</summary>
    /// <param name="context">The request.</param>
    /// <param name="adminHosts">The normalized host names under which web pages may use admin ports.</param>
    public static bool IsAllowed(HttpContext context, FrozenSet<string> adminHosts)
    {
        var headers = context.Request.Headers;
        var isWebPage = headers.ContainsKey(HeaderNames.Origin) || headers.Keys.Any(static name => name.StartsWith("Sec-Fetch-", StringComparison.OrdinalIgnoreCase));
        if (!isWebPage && !LooksLikeBrowser(headers)) return true;
        return IsKnownHost(HostNames.GetHost(context.Request), adminHosts, isWebPage)
            && (ForwardedRequest.GetOriginalHost(context) is not { } original || IsKnownHost(HostNames.RemovePort(original), adminHosts, isWebPage));
    }

    // Over plain HTTP, a browser sends neither Origin nor Sec-Fetch-* with a same-origin GET, and DNS rebinding makes a request look like one.
    private static bool LooksLikeBrowser(IHeaderDictionary headers) =>
        headers.ContainsKey(HeaderNames.Referer)
        || headers.ContainsKey(HeaderNames.AcceptLanguage)
        || headers.UserAgent.ToString().Contains("Mozilla/", StringComparison.OrdinalIgnoreCase);

    private static bool IsKnownHost(string name, FrozenSet<string> adminHosts, bool isWebPage)
    {
        if (HostNames.IsLoopback(name) || adminHosts.Contains(HostNames.Normalize(name))) return true;

        // DNS rebinding needs a name, so an IP address is safe.
        return !isWebPage && IPAddress.TryParse(name, out _);
    }
}
