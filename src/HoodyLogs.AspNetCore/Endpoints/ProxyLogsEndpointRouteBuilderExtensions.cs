using HoodyLogs.AspNetCore.Endpoints;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Maps the routes of the logs API.</summary>
public static class ProxyLogsEndpointRouteBuilderExtensions
{
    /// <summary>
    /// Maps the list, single entries, statistics, open exchanges and the live tail under <c>{prefix}/_logs</c>, and the tunnel route under
    /// <c>ProxyLogs:Tunnels:Prefix</c>. The routes match every method, and every path below <c>{prefix}/_logs</c>, so that a catch-all route of the proxy
    /// never forwards such a request.
    /// </summary>
    /// <param name="endpoints">The routes of the host.</param>
    /// <param name="prefix">The path prefix, which may contain route parameters. Default: <c>/api/proxy-logs</c>.</param>
    /// <returns>A builder for conventions on all of these routes, such as <c>RequireAuthorization</c>.</returns>
    /// <exception cref="InvalidOperationException">The services were not added.</exception>
    public static IEndpointConventionBuilder MapProxyLogs(this IEndpointRouteBuilder endpoints, string prefix = "/api/proxy-logs")
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentNullException.ThrowIfNull(prefix);
        var routes = endpoints.ServiceProvider.GetService<LogsApiRoutes>()
            ?? throw new InvalidOperationException("MapProxyLogs needs the services of builder.Services.AddProxyLogs().");
        return routes.Map(endpoints, prefix);
    }
}
