using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace HoodyLogs.AspNetCore.Access.Callers;

/// <summary>
/// Whether an admin port may serve a request. A web page of any site can send requests to a port that its reader reaches, and by DNS rebinding it
/// can read the answers under a name of its own. So a browser needs a host name that the operator knows.
/// </summary>
internal static class AdminPortGuard
{
    public const string UnknownHost = "An admin port serves web pages only under a loopback name or one that is listed in ProxyLogs:Access:AdminHosts";

    public static bool IsPermitted(HttpContext context, AccessRules rules)
    {
        var headers = context.Request.Headers;
        var isWebPage = headers.ContainsKey(HeaderNames.Origin) || headers.Keys.Any(static name => name.StartsWith("Sec-Fetch-", StringComparison.OrdinalIgnoreCase));
        if (!isWebPage && !LooksLikeBrowser(headers)) return true;
        return IsKnown(HostNames.Of(context.Request), rules, isWebPage)
            && (ForwardedRequest.OriginalHost(context) is not { } original || IsKnown(HostNames.WithoutPort(original), rules, isWebPage));
    }

    // Over plain HTTP a browser sends neither Origin nor Sec-Fetch-* with a page's GET to its own host, which is what a rebound name looks like.
    private static bool LooksLikeBrowser(IHeaderDictionary headers) =>
        headers.ContainsKey(HeaderNames.Referer)
        || headers.ContainsKey(HeaderNames.AcceptLanguage)
        || headers.UserAgent.ToString().Contains("Mozilla/", StringComparison.OrdinalIgnoreCase);

    private static bool IsKnown(string name, AccessRules rules, bool isWebPage)
    {
        if (HostNames.IsLoopback(name) || rules.AdminHosts.Contains(HostNames.Normalize(name))) return true;

        // DNS cannot rebind an address.
        return !isWebPage && IPAddress.TryParse(name, out _);
    }
}
