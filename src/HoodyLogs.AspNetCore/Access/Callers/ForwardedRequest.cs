using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace HoodyLogs.AspNetCore.Access.Callers;

/// <summary>Whether another server passed the request on, as far as its headers tell.</summary>
internal static class ForwardedRequest
{
    // X-Original-*: what UseForwardedHeaders makes of the X-Forwarded-* headers that it has consumed.
    private static readonly string[] Prefixes = ["X-Forwarded", "X-Original-"];

    private static readonly string[] Names =
        ["Forwarded", "Via", "X-Real-IP", "X-Client-IP", "X-Cluster-Client-IP", "True-Client-IP", "CF-Connecting-IP", "Fastly-Client-IP", "X-Envoy-External-Address"];

    public static bool Is(HttpContext context)
    {
        var headers = context.Request.Headers;
        foreach (var name in headers.Keys)
        {
            if (Names.Contains(name, StringComparer.OrdinalIgnoreCase)) return true;
            if (Array.Exists(Prefixes, prefix => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))) return true;
        }

        // The host may have given the headers other names.
        var options = Options(context);
        return headers.ContainsKey(options.ForwardedForHeaderName) || headers.ContainsKey(options.OriginalForHeaderName)
            || headers.ContainsKey(options.ForwardedHostHeaderName) || headers.ContainsKey(options.OriginalHostHeaderName)
            || headers.ContainsKey(options.ForwardedProtoHeaderName) || headers.ContainsKey(options.OriginalProtoHeaderName);
    }

    /// <summary>The Host header as the client sent it, where UseForwardedHeaders has replaced it; else null.</summary>
    public static string? OriginalHost(HttpContext context)
    {
        var headers = context.Request.Headers;
        var original = headers["X-Original-Host"];
        if (original.Count == 0) original = headers[Options(context).OriginalHostHeaderName];
        return original.Count == 0 ? null : original.ToString();
    }

    private static ForwardedHeadersOptions Options(HttpContext context) =>
        context.RequestServices.GetService<IOptions<ForwardedHeadersOptions>>()?.Value ?? new ForwardedHeadersOptions();
}
