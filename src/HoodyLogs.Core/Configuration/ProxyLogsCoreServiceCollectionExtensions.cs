using HoodyLogs;
using HoodyLogs.Configuration;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>The door of HoodyLogs for a host without ASP.NET.</summary>
public static class ProxyLogsCoreServiceCollectionExtensions
{
    /// <summary>
    /// Adds the log store, its writer and its tail. Options are bound from the section <c>ProxyLogs</c> of the host's configuration and
    /// validated at the start. What is registered already wins; a second call only adds its <paramref name="configure"/>.
    /// </summary>
    /// <param name="services">The host's services.</param>
    /// <param name="configure">Changes the options after configuration was read; also after each reload.</param>
    public static IServiceCollection AddProxyLogsCore(this IServiceCollection services, Action<ProxyLogsCoreOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddLiveOptions<ProxyLogsCoreOptions>();
        if (configure is not null) services.Configure(configure);
        return services.AddCoreParts();
    }
}
