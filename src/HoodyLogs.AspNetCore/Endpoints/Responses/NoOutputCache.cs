using HoodyLogs.AspNetCore.Access;
using HoodyLogs.AspNetCore.Capture;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.OutputCaching;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace HoodyLogs.AspNetCore.Endpoints.Responses;

/// <summary>
/// A base policy of the host's output cache that leaves the library's routes alone. Where the cache runs before routing it does not see their
/// metadata: one caller would wait for the answer to another, since the cache lets only one of two equal requests through.
/// </summary>
internal sealed class NoOutputCache : IOutputCachePolicy, IPostConfigureOptions<OutputCacheOptions>
{
    private volatile Known _known = new([], []);

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
        if (IsOurs(context.HttpContext)) Disable(context);
        return default;
    }

    public ValueTask ServeFromCacheAsync(OutputCacheContext context, CancellationToken cancellation) => default;

    public ValueTask ServeResponseAsync(OutputCacheContext context, CancellationToken cancellation)
    {
        if (context.HttpContext.GetEndpoint()?.Metadata.GetMetadata<LogsApiMetadata>() is not null) context.AllowCacheStorage = false;
        return default;
    }

    private bool IsOurs(HttpContext context)
    {
        // Where the host rewrites paths after its cache, the token still says whose request it is.
        if (context.Request.Headers.ContainsKey(LogAuthorizer.TokenHeader)) return true;
        if (context.GetEndpoint() is { } endpoint) return endpoint.Metadata.GetMetadata<LogsApiMetadata>() is not null;
        var path = Split((context.Request.PathBase + context.Request.Path).Value ?? "");
        return Array.Exists(Patterns(context), pattern => Contains(path, pattern));
    }

    /// <summary>The segments of the library's routes; null for a parameter. A catch-all parameter ends them.</summary>
    private string?[][] Patterns(HttpContext context)
    {
        if (context.RequestServices.GetService<EndpointDataSource>() is not { } source) return [];
        var (known, endpoints) = (_known, source.Endpoints);
        if (ReferenceEquals(known.Endpoints, endpoints)) return known.Patterns;
        string?[][] patterns =
        [
            .. endpoints.OfType<RouteEndpoint>()
                .Where(static endpoint => endpoint.Metadata.GetMetadata<LogsApiMetadata>() is not null && !HasConstrainedCatchAll(endpoint.RoutePattern))
                .Select(static endpoint => endpoint.RoutePattern.PathSegments.Where(static segment => !IsCatchAll(segment)).Select(Literal).ToArray())
                .Where(static pattern => Array.Exists(pattern, static literal => literal is not null)),
        ];
        _known = new Known(endpoints, patterns);
        return patterns;
    }

    private static bool IsCatchAll(RoutePatternPathSegment segment) => segment.Parts is [RoutePatternParameterPart { IsCatchAll: true }];

    // Claims single paths below its prefix, which other routes name as well.
    private static bool HasConstrainedCatchAll(RoutePattern pattern) =>
        pattern.Parameters.Any(parameter => parameter.IsCatchAll && pattern.ParameterPolicies.ContainsKey(parameter.Name));

    private static string? Literal(RoutePatternPathSegment segment) => segment.Parts is [RoutePatternLiteralPart literal] ? literal.Content : null;

    private static string[] Split(string path) => path.Split('/', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>At any place: the host may take a prefix off the path, or add a path base, before routing.</summary>
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

    private sealed record Known(IReadOnlyList<Endpoint> Endpoints, string?[][] Patterns);
}
