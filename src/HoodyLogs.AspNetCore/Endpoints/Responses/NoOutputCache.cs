using HoodyLogs.AspNetCore.Access;
using HoodyLogs.AspNetCore.Capture.Policies;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.OutputCaching;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace HoodyLogs.AspNetCore.Endpoints.Responses;

/// <summary>
/// A base policy that excludes the logs API from the host's output cache. A cache that runs before routing does not see the metadata of the routes:
/// it would let one caller wait for the response to another, because it processes only one of two equal requests at a time.
/// </summary>
internal sealed class NoOutputCache : IOutputCachePolicy, IPostConfigureOptions<OutputCacheOptions>
{
    private volatile RoutePatterns _patterns = new([], []);

    public static void Disable(OutputCacheContext context)
    {
        context.EnableOutputCaching = false;
        context.AllowCacheLookup = false;
        context.AllowCacheStorage = false;
        context.AllowLocking = false;
    }

    public void PostConfigure(string? name, OutputCacheOptions options) => options.AddBasePolicy(this);

    public ValueTask CacheRequestAsync(OutputCacheContext context, CancellationToken cancellation)
    {
        if (IsLogsApi(context.HttpContext)) Disable(context);
        return default;
    }

    public ValueTask ServeFromCacheAsync(OutputCacheContext context, CancellationToken cancellation) => default;

    public ValueTask ServeResponseAsync(OutputCacheContext context, CancellationToken cancellation)
    {
        if (context.HttpContext.GetEndpoint()?.Metadata.GetMetadata<LogsApiMetadata>() is not null) context.AllowCacheStorage = false;
        return default;
    }

    private bool IsLogsApi(HttpContext context)
    {
        // The host may rewrite paths after its cache. The token still identifies a request to the logs API.
        if (context.Request.Headers.ContainsKey(LogAuthorizer.TokenHeader)) return true;
        if (context.GetEndpoint() is { } endpoint) return endpoint.Metadata.GetMetadata<LogsApiMetadata>() is not null;
        var path = Split((context.Request.PathBase + context.Request.Path).Value ?? "");
        return Array.Exists(GetPatterns(context), pattern => Contains(path, pattern));
    }

    /// <summary>Gets the segments of the routes; null for a parameter. A catch-all parameter is left out.</summary>
    private string?[][] GetPatterns(HttpContext context)
    {
        if (context.RequestServices.GetService<EndpointDataSource>() is not { } source) return [];
        var (known, endpoints) = (_patterns, source.Endpoints);
        if (ReferenceEquals(known.Endpoints, endpoints)) return known.Patterns;
        string?[][] patterns =
        [
            .. endpoints.OfType<RouteEndpoint>()
                .Where(static endpoint => endpoint.Metadata.GetMetadata<LogsApiMetadata>() is not null && !HasConstrainedCatchAll(endpoint.RoutePattern))
                .Select(static endpoint => endpoint.RoutePattern.PathSegments.Where(static segment => !IsCatchAll(segment)).Select(GetLiteral).ToArray())
                .Where(static pattern => Array.Exists(pattern, static literal => literal is not null)),
        ];
        _patterns = new RoutePatterns(endpoints, patterns);
        return patterns;
    }

    private static bool IsCatchAll(RoutePatternPathSegment segment) => segment.Parts is [RoutePatternParameterPart { IsCatchAll: true }];

    // Such a route matches only a few paths below its prefix, and other patterns cover them.
    private static bool HasConstrainedCatchAll(RoutePattern pattern) =>
        pattern.Parameters.Any(parameter => parameter.IsCatchAll && pattern.ParameterPolicies.ContainsKey(parameter.Name));

    private static string? GetLiteral(RoutePatternPathSegment segment) => segment.Parts is [RoutePatternLiteralPart literal] ? literal.Content : null;

    private static string[] Split(string path) => path.Split('/', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Returns whether the path contains the pattern at any place, because the host may remove a prefix or add a path base before routing.</summary>
    private static bool Contains(string[] path, string?[] pattern)
    {
        for (var start = 0; start + pattern.Length <= path.Length; start++)
        {
            var matches = 0;
            while (matches < pattern.Length && (pattern[matches] is not { } literal || literal.Equals(path[start + matches], StringComparison.OrdinalIgnoreCase)))
            {
                matches++;
            }

            if (matches == pattern.Length) return true;
        }

        return false;
    }

    private sealed record RoutePatterns(IReadOnlyList<Endpoint> Endpoints, string?[][] Patterns);
}
