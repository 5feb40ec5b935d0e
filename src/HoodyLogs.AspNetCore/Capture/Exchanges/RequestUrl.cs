using HoodyLogs.AspNetCore.Capture.Redaction.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace HoodyLogs.AspNetCore.Capture.Exchanges;

/// <summary>The url of an exchange: path and query as received, whatever middleware made of them since, without secrets.</summary>
internal static class RequestUrl
{
    /// <param name="exchange">The exchange.</param>
    /// <param name="failures">Takes what the host's delegate throws.</param>
    /// <param name="isCut">Whether it was longer than an entry holds.</param>
    public static string Of(Exchange exchange, CaptureFailures failures, out bool isCut) =>
        Bound(Whole(exchange, failures), out isCut);

    /// <summary>The url, however long it is.</summary>
    public static string Whole(Exchange exchange, CaptureFailures failures) => exchange.Rules.Urls.OfRequest(exchange, Path(exchange), failures);

    /// <summary>The same for a reader of another thread, while the exchange lasts.</summary>
    public static string OfOpen(Exchange exchange, out bool isCut) =>
        Bound(exchange.RedactedUrl ?? exchange.Rules.Urls.ByRules(Path(exchange), exchange.PathBase), out isCut);

    private static string Path(Exchange exchange) => exchange.Arrival.Target is ['/', ..] and var target ? target : WithoutAuthority(exchange.Arrival.Target);

    private static string Bound(string url, out bool isCut)
    {
        isCut = url.Length > TextLimits.Long;
        return TextLimits.Truncate(url, TextLimits.Long);
    }

    /// <summary>The target of the request line as received; not empty.</summary>
    public static string Target(HttpContext context)
    {
        var target = context.Features.Get<IHttpRequestFeature>()?.RawTarget;
        if (string.IsNullOrEmpty(target))
        {
            var request = context.Request;
            target = string.Concat(request.PathBase.ToUriComponent(), request.Path.ToUriComponent(), request.QueryString.ToUriComponent());
        }

        return target.Length == 0 ? "/" : target;
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
