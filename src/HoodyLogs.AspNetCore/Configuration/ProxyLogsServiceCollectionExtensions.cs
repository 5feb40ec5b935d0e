using HoodyLogs;
using HoodyLogs.AspNetCore;
using HoodyLogs.AspNetCore.Capture;
using HoodyLogs.AspNetCore.Configuration;
using HoodyLogs.AspNetCore.Endpoints;
using HoodyLogs.Configuration;
using Microsoft.Extensions.Configuration;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds HoodyLogs to a proxy. <c>UseProxyLogs</c> then captures exchanges, and <c>MapProxyLogs</c> serves them.</summary>
public static class ProxyLogsServiceCollectionExtensions
{
    /// <summary>
    /// Adds the services that capture, store and serve the logs of a proxy. Binds the options to the section <c>ProxyLogs</c> of the host's
    /// configuration and validates them at startup. Services that are already registered are kept. A second call changes nothing.
    /// </summary>
    /// <param name="services">The services of the host.</param>
    /// <returns>A builder for further configuration.</returns>
    public static IProxyLogsBuilder AddProxyLogs(this IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);
        services
            .AddProxyOptions()
            .AddCoreParts()
            .AddCapture()
            .AddLogsApi();
        return new ProxyLogsBuilder<ProxyLogsOptions>(services);
    }

    /// <summary>Adds the services that capture, store and serve the logs of a proxy. Binds the options to the given section.</summary>
    /// <param name="services">The services of the host.</param>
    /// <param name="section">The section, under any name. The options follow its reloads. A later call with another section replaces it.</param>
    /// <returns>A builder for further configuration.</returns>
    public static IProxyLogsBuilder AddProxyLogs(this IServiceCollection services, IConfiguration section)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(section);
        return services.UseSection(section).AddProxyLogs();
    }

    /// <summary>Adds the services that capture, store and serve the logs of a proxy. Changes the options in code.</summary>
    /// <param name="services">The services of the host.</param>
    /// <param name="configure">
    /// Changes the options after the configuration is read, at startup and after each reload. Delegates of several calls run in their order.
    /// </param>
    /// <returns>A builder for further configuration.</returns>
    public static IProxyLogsBuilder AddProxyLogs(this IServiceCollection services, Action<ProxyLogsOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configure);
        var builder = services.AddProxyLogs();
        services.Configure(configure);
        return builder;
    }
}
