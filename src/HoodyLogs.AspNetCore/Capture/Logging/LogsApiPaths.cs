using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Template;
using Microsoft.Extensions.Primitives;

namespace HoodyLogs.AspNetCore.Capture.Logging;

/// <summary>
/// Tells requests to the logs API by their path. The server logs the start of a request before its endpoint is known, and a reader of the log that
/// makes entries by reading would never come to the end.
/// </summary>
/// <param name="endpoints">The routes of the host; null where it has none.</param>
internal sealed class LogsApiPaths(EndpointDataSource? endpoints)
{
    private volatile Known? _known;

    /// <summary>Whether a path is one of the logs API.</summary>
    public bool Contains([NotNullWhen(true)] string? path)
    {
        if (endpoints is null || path is not ['/', ..]) return false;
        foreach (var matcher in Current(endpoints))
        {
            if (matcher.TryMatch(path, [])) return true;
        }

        return false;
    }

    private TemplateMatcher[] Current(EndpointDataSource source)
    {
        if (_known is { Changed.HasChanged: false } known) return known.Matchers;

        // The token first: what changes while the routes are read is seen the next time.
        var changed = source.GetChangeToken();
        var matchers = source.Endpoints.OfType<RouteEndpoint>().Where(IsOwn).Select(Matcher).ToArray();
        _known = new Known(changed, matchers);
        return matchers;
    }

    /// <summary>A pattern with constraints would match more without them; the others cover what it means.</summary>
    private static bool IsOwn(RouteEndpoint endpoint) =>
        endpoint.Metadata.GetMetadata<LogsApiMetadata>() is not null && endpoint.RoutePattern.ParameterPolicies.Count == 0;

    private static TemplateMatcher Matcher(RouteEndpoint endpoint) => new(new RouteTemplate(endpoint.RoutePattern), []);

    private sealed record Known(IChangeToken Changed, TemplateMatcher[] Matchers);
}
