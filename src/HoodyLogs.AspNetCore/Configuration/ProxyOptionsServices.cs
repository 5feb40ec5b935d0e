using HoodyLogs.AspNetCore.Access.Options;
using HoodyLogs.AspNetCore.Capture.Options;
using HoodyLogs.AspNetCore.Endpoints.Options;
using HoodyLogs.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace HoodyLogs.AspNetCore.Configuration;

/// <summary>Registers the options of a proxy in place of the options of the core, and as the settings that each folder reads.</summary>
internal static class ProxyOptionsServices
{
    public static IServiceCollection AddProxyOptions(this IServiceCollection services)
    {
        services.AddLiveOptions(ProxyOptionsBinding.Create);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IConfigureOptions<ProxyLogsOptions>, FanoutSwitch>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IConfigureOptions<ProxyLogsOptions>, ApplyCoreDelegates>());
        services.Replace(ServiceDescriptor.Singleton<ILastGoodOptions<ProxyLogsCoreOptions>>(AllOptions));
        services.TryAddSingleton<ILastGoodOptions<ICaptureSettings>>(AllOptions);
        services.TryAddSingleton<ILastGoodOptions<IAccessSettings>>(AllOptions);
        services.TryAddSingleton<ILastGoodOptions<IEndpointSettings>>(AllOptions);
        return services;
    }

    private static ILastGoodOptions<ProxyLogsOptions> AllOptions(IServiceProvider provider) => provider.GetRequiredService<ILastGoodOptions<ProxyLogsOptions>>();

    /// <summary>Applies the delegates that were given to <c>AddProxyLogsCore</c>, for hosts that call both.</summary>
    private sealed class ApplyCoreDelegates(IEnumerable<IConfigureOptions<ProxyLogsCoreOptions>> core) : IConfigureOptions<ProxyLogsOptions>
    {
        public void Configure(ProxyLogsOptions options)
        {
            foreach (var given in core.OfType<ConfigureNamedOptions<ProxyLogsCoreOptions>>()) given.Configure(options);
        }
    }
}
