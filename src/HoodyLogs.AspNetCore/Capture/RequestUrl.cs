using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace HoodyLogs.AspNetCore.Capture;

/// <summary>The url of an exchange: path and query as received, whatever middleware made of them since.</summary>
internal static class RequestUrl
{
    /// <summary>Longer urls are cut, and <c>data</c> says so.</summary>
    public const int MaxLength = 8192;

    public static string Of(HttpContext context)
    {
        var target = context.Features.Get<IHttpRequestFeature>()?.RawTarget;
        if (string.IsNullOrEmpty(target))
        {
            var request = context.Request;
            return string.Concat(request.PathBase.ToUriComponent(), request.Path.ToUriComponent(), request.QueryString.ToUriComponent());
        }

        return target[0] == '/' ? target : WithoutAuthority(target);
    }

    /// <summary>A target in absolute form names the host, and may name a user, where an entry has path and query alone.</summary>
    private static string WithoutAuthority(string target)
    {
        var authority = target.IndexOf("://", StringComparison.Ordinal);
        if (authority < 0) return target[(target.LastIndexOf('@') + 1)..];
        var path = target.AsSpan(authority + 3).IndexOfAny('/', '?', '#');
        if (path < 0) return "/";
        var rest = target[(authority + 3 + path)..];
        return rest[0] == '/' ? rest : "/" + rest;
    }
}
