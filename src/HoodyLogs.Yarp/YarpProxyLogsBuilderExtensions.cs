using HoodyLogs;
using HoodyLogs.AspNetCore;
using HoodyLogs.Yarp;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Yarp.ReverseProxy.Transforms.Builder;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds what YARP knows about an exchange to HoodyLogs.</summary>
public static class YarpProxyLogsBuilderExtensions
{
    /// <summary>
    /// Takes the scope of an exchange from the metadata of its YARP route, or else of its cluster. Adds the members <c>route</c>, <c>cluster</c>,
    /// <c>destination</c>, <c>upstreamError</c> and stage times to <c>data</c> of the response entry. <see cref="CaptureOptions.Scope"/> and
    /// <see cref="CaptureOptions.Enrich"/> still run: a scope that <c>Scope</c> returns wins over metadata, and <c>Enrich</c> adds its members after these.
    /// A second call changes nothing.
    /// </summary>
    /// <param name="builder">The builder that <c>AddProxyLogs</c> returns.</param>
    /// <returns>The same builder.</returns>
    public static IProxyLogsBuilder AddYarp(this IProxyLogsBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var services = builder.Services;
        services.AddOptions();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<YarpOptions>, YarpOptionsValidator>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IPostConfigureOptions<ProxyLogsOptions>, CaptureSetup>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<ITransformProvider, ForwardingTransforms>());
        return builder;
    }

    /// <summary>Does what <see cref="AddYarp(IProxyLogsBuilder)"/> does, with options.</summary>
    /// <param name="builder">The builder that <c>AddProxyLogs</c> returns.</param>
    /// <param name="configure">Changes the options. Delegates of several calls run in their order.</param>
    /// <returns>The same builder.</returns>
    public static IProxyLogsBuilder AddYarp(this IProxyLogsBuilder builder, Action<YarpOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(configure);
        builder.Services.Configure(configure);
        return builder.AddYarp();
    }
}
