using HoodyLogs;
using HoodyLogs.AspNetCore;
using HoodyLogs.AspNetCore.Capture;
using HoodyLogs.AspNetCore.Endpoints;
using HoodyLogs.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>The first of the three doors of HoodyLogs: Add, Use, Map.</summary>
public static class ProxyLogsServiceCollectionExtensions
{
    /// <summary>
    /// Adds all that captures, keeps and serves a proxy's logs. Options are bound from the section <c>ProxyLogs</c> of the host's
    /// configuration and validated at the start. What is registered already wins; a second call only adds its <paramref name="configure"/>.
    /// </summary>
    /// <param name="services">The host's services.</param>
    /// <param name="configure">Changes the options after configuration was read; also after each reload.</param>
    public static IServiceCollection AddProxyLogs(this IServiceCollection services, Action<ProxyLogsOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddLiveOptions<ProxyLogsOptions>();
        services.Replace(ServiceDescriptor.Singleton<ILastGoodOptions<ProxyLogsCoreOptions>>(
            provider => provider.GetRequiredService<ILastGoodOptions<ProxyLogsOptions>>()));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IConfigureOptions<ProxyLogsOptions>, ApplyCoreDelegates>());
        if (configure is not null) services.Configure(configure);
        return services.AddCoreParts().AddCapture().AddLogsApi();
    }

    /// <summary>What was given to <c>AddProxyLogsCore</c> holds for the proxy's options too, where a host calls both.</summary>
    private sealed class ApplyCoreDelegates(IEnumerable<IConfigureOptions<ProxyLogsCoreOptions>> core) : IConfigureOptions<ProxyLogsOptions>
    {
        public void Configure(ProxyLogsOptions options)
        {
            foreach (var given in core.OfType<ConfigureNamedOptions<ProxyLogsCoreOptions>>()) given.Configure(options);
        }
    }
}
