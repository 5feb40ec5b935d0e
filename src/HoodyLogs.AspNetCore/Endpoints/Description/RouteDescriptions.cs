using System.Reflection;
using HoodyLogs.AspNetCore.Endpoints.Parameters;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace HoodyLogs.AspNetCore.Endpoints.Description;

/// <summary>Describes the routes to OpenAPI: parameters, bodies, statuses and examples.</summary>
internal static class RouteDescriptions
{
    private const string Json = "application/json";
    private const string Ndjson = "application/x-ndjson";
    private const string Tag = "Proxy logs";
    private const string PageOrLines = "A page of entries. A fanned-out read returns one entry per line and then one trailer line.";

    private static readonly MethodInfo Method = ((Delegate)Undocumented).Method;

    public static void DescribeList(this IEndpointConventionBuilder route) => route
        .Describe("Query centralized logs", RouteParameters.List)
        .Returns<ProxyLogTrailer>(200, Ndjson, PageOrLines, Examples.FannedOut)
        .Returns<ProxyLogPage>(200, Json, PageOrLines, Examples.Page)
        .Returns<ProxyLogTrailer>(410, Ndjson, "The snapshot of the cursor has expired.", Examples.SnapshotExpired)
        .HasError(400, "A parameter is invalid.", Examples.BadRequest)
        .HasCommonErrors();

    public static void DescribeEntry(this IEndpointConventionBuilder route) => route
        .Describe("Get one log entry with its bodies", RouteParameters.Entry)
        .Returns<ProxyLogEntry>(200, Json, "The entry.", Examples.Entry)
        .HasError(404, "There is no such entry in the caller's scope.", Examples.NotFound)
        .HasCommonErrors();

    public static void DescribeStats(this IEndpointConventionBuilder route) => route
        .Describe("Get log statistics", RouteParameters.Stats)
        .Returns<ProxyLogStats>(200, Json, "The number of entries by level, project, container and service.", Examples.Stats)
        .HasError(400, "A parameter is invalid.", Examples.BadRequest)
        .HasCommonErrors();

    public static void DescribeOpen(this IEndpointConventionBuilder route) => route
        .Describe("List open exchanges", RouteParameters.Open)
        .Returns<ProxyLogOpenPage>(200, Json, "The exchanges in progress for more than a second, oldest first.", Examples.Open)
        .HasError(400, "A parameter is invalid.", Examples.BadRequest)
        .HasCommonErrors();

    public static void DescribeStream(this IEndpointConventionBuilder route) => route
        .Describe("Live-tail logs over SSE", RouteParameters.Stream)
        .Returns<string>(200, "text/event-stream", "Frames. Each has an entry, or is one of the events reset, scope-destroyed and gap.", Examples.Stream)
        .HasError(400, "A parameter is invalid.", Examples.BadRequest)
        .HasCommonErrors("Rate limit exceeded for log stream");

    public static void DescribeTunnel(this IEndpointConventionBuilder route) => route
        .Describe("Get request logs of a tunnel", RouteParameters.Tunnel)
        .Returns<IReadOnlyList<TunnelRequest>>(200, Json, "The requests, most recent first.", Examples.Tunnel)
        .Returns<TunnelRequestError>(400, Json, "The tunnel identifier or a parameter is invalid.", Examples.TunnelError("INVALID_TUNNEL_ID", "The tunnel identifier must be a UUID"))
        .Returns<TunnelRequestError>(401, Json, "Missing or invalid access token.", Examples.TunnelError("UNAUTHORIZED", "Missing or invalid access token"))
        .Returns<TunnelRequestError>(404, Json, "The tunnel does not exist, or it does not belong to the caller.", Examples.TunnelError("TUNNEL_NOT_FOUND", "The tunnel does not exist or is not yours"))
        .Returns<TunnelRequestError>(429, Json, "Too many reads per minute.", Examples.TunnelError("RATE_LIMITED", "Rate limit exceeded for log reads"));

    private static IEndpointConventionBuilder Describe(this IEndpointConventionBuilder route, string summary, RouteParameters parameters)
    {
        route.WithSummary(summary).WithTags(Tag);
        route.Add(endpoint =>
        {
            endpoint.Metadata.Add(Method);
            foreach (var parameter in parameters.All) endpoint.Metadata.Add(new ApiParameterInfo(parameter, Method));
        });
        return route;
    }

    private static IEndpointConventionBuilder Returns<T>(
        this IEndpointConventionBuilder route, int status, string contentType, string description, string example) => route.WithMetadata(
            new ProducesResponseTypeMetadata(status, typeof(T), [contentType]) { Description = description },
            new ResponseExample(status, contentType, description, example));

    private static IEndpointConventionBuilder HasError(this IEndpointConventionBuilder route, int status, string description, string example) =>
        route.Returns<ProxyLogError>(status, Json, description, example);

    private static void HasCommonErrors(this IEndpointConventionBuilder route, string limit = "Rate limit exceeded for log reads") => route
        .HasError(403, "The token is missing or invalid, or the caller may not read this scope.", Examples.Error(403, "Forbidden", "Caller is not permitted to read logs for this scope"))
        .HasError(429, "Too many reads per minute, concurrent reads or streams.", Examples.Error(429, "Too Many Requests", limit));

    /// <summary>Never called. The API explorer requires the method of a handler.</summary>
    private static void Undocumented()
    {
    }
}
