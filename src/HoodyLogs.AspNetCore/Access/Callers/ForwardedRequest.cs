using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace HoodyLogs.AspNetCore.Access.Callers;

/// <summary>Detects requests that another server forwarded, by their headers.</summary>
internal static class ForwardedRequest
{
    // UseForwardedHeaders replaces the X-Forwarded-* headers that it applies by X-Original-*.
    private static readonly string[] Prefixes = ["X-Forwarded", "X-Original-"];

    private static readonly string[] Names =
        ["Forwarded", "Via", "X-Real-IP", "X-Client-IP", "X-Cluster-Client-IP", "True-Client-IP", "CF-Connecting-IP", "Fastly-Client-IP", "X-Envoy-External-Address"];

    /// <summary>Returns whether a header shows that the request was forwarded.</summary>
    public static bool IsForwarded(HttpContext context)
    {
        var headers = context.Request.Headers;
        foreach (var name in headers.Keys)
        {
            if (Names.Contains(name, StringComparer.OrdinalIgnoreCase)) return true;
            if (Array.Exists(Prefixes, prefix => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))) return true;
        }

        // The host can configure other names.
        var options = GetOptions(context);
        return headers.ContainsKey(options.ForwardedForHeaderName) || headers.ContainsKey(options.OriginalForHeaderName)
            || headers.ContainsKey(options.ForwardedHostHeaderName) || headers.ContainsKey(options.OriginalHostHeaderName)
            || headers.ContainsKey(options.ForwardedProtoHeaderName) || headers.ContainsKey(options.OriginalProtoHeaderName);
    }

    /// <summary>Gets the Host header that the client sent, if UseForwardedHeaders has replaced it; otherwise null.</summary>
    public static string? GetOriginalHost(HttpContext context)
    {
        var headers = context.Request.Headers;
        var original = headers["X-Original-Host"];
        if (original.Count == 0) original = headers[GetOptions(context).OriginalHostHeaderName];
        return original.Count == 0 ? null : original.ToString();
    }

    private static ForwardedHeadersOptions GetOptions(HttpContext context) =>
        context.RequestServices.GetService<IOptions<ForwardedHeadersOptions>>()?.Value ?? new ForwardedHeadersOptions();
}
