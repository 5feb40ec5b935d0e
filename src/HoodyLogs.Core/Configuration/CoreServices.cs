using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace HoodyLogs.Configuration;

/// <summary>What a host with the core alone and a host with ASP.NET register alike.</summary>
internal static class CoreServices
{
    /// <summary>Options of the given kind: read from configuration, checked, and live.</summary>
    public static IServiceCollection AddLiveOptions<
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicParameterlessConstructor)] T>(this IServiceCollection services)
        where T : ProxyLogsCoreOptions
    {
        services.AddOptions();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IConfigureOptions<T>, OptionsSetup<T>>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IPostConfigureOptions<T>, OptionsSetup<T>>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<T>, OptionsSetup<T>>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IOptionsChangeTokenSource<T>, ConfigurationChanges<T>>());
        services.TryAddSingleton<ILiveOptions<T>, LiveOptions<T>>();
        return services;
    }

    /// <summary>The parts of the core, in the order in which a record meets them.</summary>
    public static IServiceCollection AddCoreParts(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        return services;
    }
}
