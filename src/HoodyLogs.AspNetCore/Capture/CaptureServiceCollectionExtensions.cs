using HoodyLogs.AspNetCore.Capture.Open;
using HoodyLogs.AspNetCore.Capture.Policies;
using HoodyLogs.AspNetCore.Capture.Recording;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace HoodyLogs.AspNetCore.Capture;

/// <summary>Registers the services of capture.</summary>
internal static class CaptureServiceCollectionExtensions
{
    public static IServiceCollection AddCapture(this IServiceCollection services)
    {
        services.TryAddSingleton<CapturePolicySource>();
        services.TryAddSingleton<OpenExchanges>();
        services.TryAddSingleton<ExchangeRecorder>();
        services.TryAddSingleton<RejectedRequestListener>();
        services.TryAddSingleton<MissingMiddlewareWarning>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, MissingMiddlewareWarning>(provider => provider.GetRequiredService<MissingMiddlewareWarning>()));
        return services;
    }
}
