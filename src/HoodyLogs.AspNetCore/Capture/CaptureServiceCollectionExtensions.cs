using HoodyLogs.AspNetCore.Capture.Open;
using HoodyLogs.AspNetCore.Capture.Policies;
using HoodyLogs.AspNetCore.Capture.Recording;
using HoodyLogs.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace HoodyLogs.AspNetCore.Capture;

/// <summary>Registers the services of capture.</summary>
internal static class CaptureServiceCollectionExtensions
{
    /// <typeparam name="TOptions">The type of the options.</typeparam>
    /// <param name="services">The services of the host.</param>
    /// <param name="createPolicy">Creates the capture policy from the options.</param>
    public static IServiceCollection AddCapture<TOptions>(this IServiceCollection services, Func<TOptions, CapturePolicy> createPolicy)
    {
        services.TryAddSingleton(provider => CapturePolicySource.Create(provider.GetRequiredService<ILastGoodOptions<TOptions>>(), createPolicy));
        services.TryAddSingleton<OpenExchanges>();
        services.TryAddSingleton<ExchangeRecorder>();
        services.TryAddSingleton<RejectedRequestListener>();
        services.TryAddSingleton<MissingMiddlewareWarning>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, MissingMiddlewareWarning>(provider => provider.GetRequiredService<MissingMiddlewareWarning>()));
        return services;
    }
}
