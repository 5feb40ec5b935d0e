using HoodyLogs;
using HoodyLogs.Configuration;
using Microsoft.Extensions.Configuration;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds HoodyLogs to a host without ASP.NET Core.</summary>
public static class ProxyLogsCoreServiceCollectionExtensions
{
    /// <summary>
    /// Adds the store, its writer and the tail. Binds the options to the section <c>ProxyLogs</c> of the host's configuration and validates them at
    /// startup. Services that are already registered are kept. A second call changes nothing.
    /// </summary>
    /// <param name="services">The services of the host.</param>
    /// <returns>A builder for further configuration.</returns>
    public static IProxyLogsBuilder AddProxyLogsCore(this IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddLiveOptions(CoreOptionsBinding.Create).AddCoreParts();
        return new ProxyLogsBuilder<ProxyLogsCoreOptions>(services);
    }

    /// <summary>Adds the store, its writer and the tail. Binds the options to the given section.</summary>
    /// <param name="services">The services of the host.</param>
    /// <param name="section">The section, under any name. The options follow its reloads. A later call with another section replaces it.</param>
    /// <returns>A builder for further configuration.</returns>
    public static IProxyLogsBuilder AddProxyLogsCore(this IServiceCollection services, IConfiguration section)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(section);
        return services.UseSection(section).AddProxyLogsCore();
    }

    /// <summary>Adds the store, its writer and the tail. Changes the options in code.</summary>
    /// <param name="services">The services of the host.</param>
    /// <param name="configure">
    /// Changes the options after the configuration is read, at startup and after each reload. Delegates of several calls run in their order.
    /// </param>
    /// <returns>A builder for further configuration.</returns>
    public static IProxyLogsBuilder AddProxyLogsCore(this IServiceCollection services, Action<ProxyLogsCoreOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configure);
        var builder = services.AddProxyLogsCore();
        services.Configure(configure);
        return builder;
    }
}
