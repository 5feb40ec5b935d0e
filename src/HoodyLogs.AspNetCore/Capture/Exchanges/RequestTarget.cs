using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace HoodyLogs.AspNetCore.Capture.Exchanges;

/// <summary>The target of a request line.</summary>
internal static class RequestTarget
{
    /// <summary>Returns the target as received; never empty.</summary>
    public static string Of(HttpContext context)
    {
        var target = context.Features.Get<IHttpRequestFeature>()?.RawTarget;
        if (string.IsNullOrEmpty(target))
        {
            var request = context.Request;
            target = string.Concat(request.PathBase.ToUriComponent(), request.Path.ToUriComponent(), request.QueryString.ToUriComponent());
        }

        return target.Length == 0 ? "/" : target;
    }

    /// <summary>Returns path and query of a target. A target in absolute form also names the host, and may name a user.</summary>
    public static string PathAndQuery(string target)
    {
        if (target is ['/', ..]) return target;
        var authority = target.IndexOf("://", StringComparison.Ordinal);
        if (authority < 0) return target[(target.LastIndexOf('@') + 1)..];
        var path = target.AsSpan(authority + 3).IndexOfAny('/', '?', '#');
        if (path < 0) return "/";
        var rest = target[(authority + 3 + path)..];
        return rest[0] == '/' ? rest : "/" + rest;
    }
}
