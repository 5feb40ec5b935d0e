using HoodyLogs.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace HoodyLogs.AspNetCore.Configuration;

/// <summary>Registers the options of a proxy in place of the options of the core.</summary>
internal static class ProxyOptionsServices
{
    public static IServiceCollection AddProxyOptions(this IServiceCollection services)
    {
        services.AddLiveOptions<ProxyLogsOptions>();
        services.Replace(ServiceDescriptor.Singleton<ILastGoodOptions<ProxyLogsCoreOptions>>(
            provider => provider.GetRequiredService<ILastGoodOptions<ProxyLogsOptions>>()));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IConfigureOptions<ProxyLogsOptions>, ApplyCoreDelegates>());
        return services;
    }

    /// <summary>Applies the delegates that were given to <c>AddProxyLogsCore</c>, for hosts that call both.</summary>
    private sealed class ApplyCoreDelegates(IEnumerable<IConfigureOptions<ProxyLogsCoreOptions>> core) : IConfigureOptions<ProxyLogsOptions>
    {
        public void Configure(ProxyLogsOptions options)
        {
            foreach (var given in core.OfType<ConfigureNamedOptions<ProxyLogsCoreOptions>>()) given.Configure(options);
        }
    }
}
