using HoodyLogs.AspNetCore.Capture.Policies;
using HoodyLogs.AspNetCore.Endpoints.Description;
using HoodyLogs.AspNetCore.Endpoints.Options;
using HoodyLogs.AspNetCore.Endpoints.Parameters;
using HoodyLogs.AspNetCore.Endpoints.Responses;
using HoodyLogs.AspNetCore.Endpoints.Stream;
using HoodyLogs.AspNetCore.Endpoints.Tunnels;
using HoodyLogs.Configuration;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;

namespace HoodyLogs.AspNetCore.Endpoints;

/// <summary>Maps the routes. They match every method and unknown paths too, so that the proxy's own routes never forward such requests.</summary>
internal sealed class LogsApiRoutes(
    LogsApiPipeline pipeline, ListEndpoint list, EntryEndpoint entry, StatsEndpoint stats, StreamEndpoint stream, TunnelEndpoint tunnel,
    OpenExchangesEndpoint open, ILastGoodOptions<IEndpointSettings> options, HostMiddlewareIsolation isolation)
{
    private static readonly string[] ReadMethods = [HttpMethods.Get];

    // Before all routes of the host. Each call of MapProxyLogs has its own order, so that two calls with one prefix are not ambiguous.
    private int _order = int.MinValue;

    /// <summary>Maps all routes.</summary>
    /// <param name="endpoints">The routes of the host.</param>
    /// <param name="prefix">The path before <c>/_logs</c>.</param>
    public IEndpointConventionBuilder Map(IEndpointRouteBuilder endpoints, string prefix)
    {
        var order = _order++;
        var all = endpoints.MapGroup("").WithMetadata(LogsApiMetadata.Instance);
        ((IEndpointConventionBuilder)all).Add(endpoint => ((RouteEndpointBuilder)endpoint).Order = order);
        isolation.Apply(all);
        var logs = all.MapGroup($"{prefix.TrimEnd('/')}/_logs");
        MapAllMethods(logs, "", pipeline.Create(list.HandleAsync, RouteParameters.List)).DescribeList();
        MapAllMethods(logs, "/stats", pipeline.Create(stats.HandleAsync, RouteParameters.Stats)).DescribeStats();
        MapAllMethods(logs, "/open", pipeline.Create(open.HandleAsync, RouteParameters.Open, readsStore: false)).DescribeOpen();
        MapAllMethods(logs, "/{id:long}", pipeline.Create(entry.HandleAsync, RouteParameters.Entry)).DescribeEntry();
        MapAllMethods(logs, "/stream", pipeline.Create(stream.HandleAsync, RouteParameters.Stream, countsAsRead: false)).DescribeStream();
        logs.Map("/{**rest}", pipeline.WriteNotFoundAsync).ExcludeFromDescription();
        if (options.Current.Tunnels.Prefix is { Length: > 0 } tunnels) MapTunnels(all, $"{tunnels.TrimEnd('/')}/tunnels");
        return all;
    }

    private void MapTunnels(RouteGroupBuilder all, string prefix)
    {
        var group = all.MapGroup("").WithMetadata(TunnelError.Writer);
        MapAllMethods(group, prefix + "/{tunnelId}/requests", tunnel.HandleAsync).DescribeTunnel();
        var missing = RoutePatternFactory.Parse(prefix + "/{**rest}", null, new RouteValueDictionary { ["rest"] = new MissingTunnelIdConstraint() });
        group.Map(missing, tunnel.HandleAsync).ExcludeFromDescription();
    }

    /// <summary>Maps GET, which OpenAPI shows, and all other methods, so that none of them reaches the routes of the host.</summary>
    private static IEndpointConventionBuilder MapAllMethods(RouteGroupBuilder group, string pattern, RequestDelegate handler)
    {
        group.Map(pattern, handler).ExcludeFromDescription();
        return group.MapMethods(pattern, ReadMethods, handler);
    }

    /// <summary>Matches a path with an empty tunnel identifier, which a route parameter does not match.</summary>
    private sealed class MissingTunnelIdConstraint : IRouteConstraint
    {
        public bool Match(HttpContext? httpContext, IRouter? route, string routeKey, RouteValueDictionary values, RouteDirection routeDirection) =>
            values[routeKey] is "/requests" or "/requests/";
    }
}
