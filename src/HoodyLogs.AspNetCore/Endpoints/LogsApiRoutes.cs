using HoodyLogs.AspNetCore.Capture;
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

/// <summary>The routes of the library and the claim on every method and path that is theirs (decision L10).</summary>
internal sealed class LogsApiRoutes(
    LogsApiPipeline dispatch, ListEndpoint list, EntryEndpoint entry, StatsEndpoint stats, StreamEndpoint stream, TunnelEndpoint tunnel, OpenExchangesEndpoint open,
    ILastGoodOptions<IEndpointSettings> options, HostMiddlewareIsolation shield)
{
    private static readonly string[] ReadMethods = [HttpMethods.Get];

    // Before every other route of the host; a second MapProxyLogs comes after the first instead of being ambiguous with it.
    private int _order = int.MinValue;

    /// <summary>Maps all routes.</summary>
    /// <param name="endpoints">The host's routes.</param>
    /// <param name="prefix">What stands before <c>/_logs</c>.</param>
    public IEndpointConventionBuilder Map(IEndpointRouteBuilder endpoints, string prefix)
    {
        var order = _order++;
        var all = endpoints.MapGroup("").WithMetadata(LogsApiMetadata.Instance);
        ((IEndpointConventionBuilder)all).Add(endpoint => ((RouteEndpointBuilder)endpoint).Order = order);
        shield.Protect(all);
        var logs = all.MapGroup($"{prefix.TrimEnd('/')}/_logs");
        MapAllMethods(logs, "", dispatch.Serve(list.HandleAsync, RouteParameters.List)).DescribeList();
        MapAllMethods(logs, "/stats", dispatch.Serve(stats.HandleAsync, RouteParameters.Stats)).DescribeStats();
        MapAllMethods(logs, "/open", dispatch.Serve(open.HandleAsync, RouteParameters.Open, readsStore: false)).DescribeOpen();
        MapAllMethods(logs, "/{id:long}", dispatch.Serve(entry.HandleAsync, RouteParameters.Entry)).DescribeEntry();
        MapAllMethods(logs, "/stream", dispatch.Serve(stream.HandleAsync, RouteParameters.Stream, countsAsRead: false)).DescribeStream();
        logs.Map("/{**rest}", dispatch.NotFoundAsync).ExcludeFromDescription();
        if (options.Current.Tunnels.Prefix is { Length: > 0 } tunnels) MapTunnels(all, $"{tunnels.TrimEnd('/')}/tunnels");
        return all;
    }

    /// <summary>Whether the method is one that is served; otherwise answers 405.</summary>
    public static async ValueTask<bool> IsReadAsync(HttpContext context, Func<HttpContext, int, string, Task> refuse)
    {
        var method = context.Request.Method;
        if (HttpMethods.IsGet(method) || HttpMethods.IsHead(method)) return true;
        context.Response.Headers.Allow = "GET, HEAD";
        await refuse(context, StatusCodes.Status405MethodNotAllowed, "Only GET and HEAD are served here").ConfigureAwait(false);
        return false;
    }

    private void MapTunnels(RouteGroupBuilder all, string prefix)
    {
        var group = all.MapGroup("").WithMetadata(TunnelError.Form);
        MapAllMethods(group, prefix + "/{tunnelId}/requests", tunnel.HandleAsync).DescribeTunnel();
        var missing = RoutePatternFactory.Parse(prefix + "/{**rest}", null, new RouteValueDictionary { ["rest"] = new MissingTunnelId() });
        group.Map(missing, tunnel.HandleAsync).ExcludeFromDescription();
    }

    /// <summary>GET, which descriptions of the API show, and beside it every other method, so that none falls through to the host's routes.</summary>
    private static IEndpointConventionBuilder MapAllMethods(RouteGroupBuilder group, string pattern, RequestDelegate handler)
    {
        group.Map(pattern, handler).ExcludeFromDescription();
        return group.MapMethods(pattern, ReadMethods, handler);
    }

    /// <summary>An empty identifier: no route parameter matches one, but it is the tunnel route all the same.</summary>
    private sealed class MissingTunnelId : IRouteConstraint
    {
        public bool Match(HttpContext? httpContext, IRouter? route, string routeKey, RouteValueDictionary values, RouteDirection routeDirection) =>
            values[routeKey] is "/requests" or "/requests/";
    }
}
