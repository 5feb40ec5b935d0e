using HoodyLogs.AspNetCore.Endpoints;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.AspNetCore.Builder;

/// <summary>The last of the three doors of HoodyLogs: Add, Use, Map.</summary>
public static class ProxyLogsEndpointRouteBuilderExtensions
{
    /// <summary>
    /// Maps list, entry, statistics and live tail under <c>{prefix}/_logs</c>, and the tunnel route under <c>ProxyLogs:Tunnels:Prefix</c>. Every
    /// method and path there is claimed, so that a proxy's catch-all route never sends one on (decision L10).
    /// </summary>
    /// <param name="endpoints">The host's routes.</param>
    /// <param name="prefix">A path, which may hold route parameters. Default <c>/api/proxy-logs</c>.</param>
    /// <returns>For more conventions on all of these routes, such as <c>RequireAuthorization</c>.</returns>
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
