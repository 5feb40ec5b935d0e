using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace HoodyLogs.AspNetCore.Endpoints.Description;

/// <summary>What the routes tell about themselves to OpenAPI and the like: parameters, bodies, statuses, examples.</summary>
internal static class RouteDescriptions
{
    private const string Json = "application/json";
    private const string Ndjson = "application/x-ndjson";
    private const string Tag = "Proxy logs";
    private const string PageOrLines = "A page of entries; where the read is fanned out, an entry a line and then one trailer line.";

    public static void DescribeList(this IEndpointConventionBuilder route) => route
        .Describe("Query centralized logs", RouteSignatures.List)
        .Answers<ProxyLogTrailer>(200, Ndjson, PageOrLines, Examples.FannedOut)
        .Answers<ProxyLogPage>(200, Json, PageOrLines, Examples.Page)
        .Answers<ProxyLogTrailer>(410, Ndjson, "The snapshot that the cursor goes on with has expired.", Examples.SnapshotExpired)
        .Refuses(400, "A malformed parameter.", Examples.BadRequest)
        .RefusesAsAllRoutes();

    public static void DescribeEntry(this IEndpointConventionBuilder route) => route
        .Describe("Get one log entry with its bodies", RouteSignatures.Entry)
        .Answers<ProxyLogEntry>(200, Json, "The entry.", Examples.Entry)
        .Refuses(404, "There is no such entry in the caller's scope.", Examples.NotFound)
        .RefusesAsAllRoutes();

    public static void DescribeStats(this IEndpointConventionBuilder route) => route
        .Describe("Get log statistics", RouteSignatures.Stats)
        .Answers<ProxyLogStats>(200, Json, "How many entries there are, by each dimension.", Examples.Stats)
        .Refuses(400, "A malformed parameter.", Examples.BadRequest)
        .RefusesAsAllRoutes();

    public static void DescribeOpen(this IEndpointConventionBuilder route) => route
        .Describe("List open exchanges", RouteSignatures.Open)
        .Answers<ProxyLogOpenPage>(200, Json, "Exchanges that have lasted for more than a second and have not ended, the oldest first.", Examples.Open)
        .Refuses(400, "A malformed parameter.", Examples.BadRequest)
        .RefusesAsAllRoutes();

    public static void DescribeStream(this IEndpointConventionBuilder route) => route
        .Describe("Live-tail logs over SSE", RouteSignatures.Stream)
        .Answers<string>(200, "text/event-stream", "Frames: an entry each, or one of the events reset, scope-destroyed and gap.", Examples.Stream)
        .Refuses(400, "A malformed parameter.", Examples.BadRequest)
        .RefusesAsAllRoutes("Rate limit exceeded for log stream");

    public static void DescribeTunnel(this IEndpointConventionBuilder route) => route
        .Describe("Get request logs of a tunnel", RouteSignatures.Tunnel)
        .Answers<IReadOnlyList<TunnelRequest>>(200, Json, "The requests, most recent first.", Examples.Tunnel)
        .Answers<TunnelRequestError>(400, Json, "The tunnel identifier or a parameter is malformed.", Examples.TunnelError("INVALID_TUNNEL_ID", "The tunnel identifier must be a UUID"))
        .Answers<TunnelRequestError>(401, Json, "Missing or invalid access token.", Examples.TunnelError("UNAUTHORIZED", "Missing or invalid access token"))
        .Answers<TunnelRequestError>(404, Json, "The tunnel does not exist or is not the caller's.", Examples.TunnelError("TUNNEL_NOT_FOUND", "The tunnel does not exist or is not yours"))
        .Answers<TunnelRequestError>(429, Json, "Too many reads a minute.", Examples.TunnelError("RATE_LIMITED", "Rate limit exceeded for log reads"));

    private static IEndpointConventionBuilder Describe(this IEndpointConventionBuilder route, string summary, Delegate signature)
    {
        route.WithSummary(summary).WithTags(Tag);
        route.Add(endpoint =>
        {
            endpoint.Metadata.Add(signature.Method);
            foreach (var parameter in signature.Method.GetParameters()) endpoint.Metadata.Add(new ParameterMetadata(parameter));
        });
        return route;
    }

    private static IEndpointConventionBuilder Answers<T>(
        this IEndpointConventionBuilder route, int status, string contentType, string description, string example) => route.WithMetadata(
            new ProducesResponseTypeMetadata(status, typeof(T), [contentType]) { Description = description },
            new ResponseExample(status, contentType, description, example));

    private static IEndpointConventionBuilder Refuses(this IEndpointConventionBuilder route, int status, string description, string example) =>
        route.Answers<ProxyLogError>(status, Json, description, example);

    private static void RefusesAsAllRoutes(this IEndpointConventionBuilder route, string limit = "Rate limit exceeded for log reads") => route
        .Refuses(403, "The token is missing or invalid, or the scope is not the caller's.", Examples.Error(403, "Forbidden", "Caller is not permitted to read logs for this scope"))
        .Refuses(429, "Too many reads a minute, or too many streams.", Examples.Error(429, "Too Many Requests", limit));
}
