using System.Diagnostics.CodeAnalysis;
using HoodyLogs.AspNetCore.Capture.Policies;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Template;
using Microsoft.Extensions.Primitives;

namespace HoodyLogs.AspNetCore.Capture.Logging;

/// <summary>
/// Recognizes requests to the logs API by their path. The server logs the start of a request before its endpoint is known. Storing such records would let
/// each read of the log add entries to it, endlessly.
/// </summary>
/// <param name="endpoints">The routes of the host; null for none.</param>
internal sealed class LogsApiPaths(EndpointDataSource? endpoints)
{
    private volatile Known? _known;

    /// <summary>Returns whether a path is a path of the logs API.</summary>
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

        // Gets the token first, so that the next call sees a change during this one.
        var changed = source.GetChangeToken();
        var matchers = source.Endpoints.OfType<RouteEndpoint>().Where(IsOwn).Select(Matcher).ToArray();
        _known = new Known(changed, matchers);
        return matchers;
    }

    /// <summary>Returns whether an endpoint is of the logs API. Skips patterns with constraints: the matcher ignores constraints, and the other patterns cover the same paths.</summary>
    private static bool IsOwn(RouteEndpoint endpoint) =>
        endpoint.Metadata.GetMetadata<LogsApiMetadata>() is not null && endpoint.RoutePattern.ParameterPolicies.Count == 0;

    private static TemplateMatcher Matcher(RouteEndpoint endpoint) => new(new RouteTemplate(endpoint.RoutePattern), []);

    private sealed record Known(IChangeToken Changed, TemplateMatcher[] Matchers);
}
