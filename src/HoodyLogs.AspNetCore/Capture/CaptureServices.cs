using HoodyLogs.AspNetCore.Capture.Exchanges;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace HoodyLogs.AspNetCore.Capture;

/// <summary>What capture registers.</summary>
internal static class CaptureServices
{
    public static IServiceCollection AddCapture(this IServiceCollection services)
    {
        services.TryAddSingleton<OpenExchanges>();
        services.TryAddSingleton<ExchangeRecorder>();
        services.TryAddSingleton<RejectedRequestListener>();
        services.TryAddSingleton<MissingMiddlewareWarning>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, MissingMiddlewareWarning>(provider => provider.GetRequiredService<MissingMiddlewareWarning>()));
        return services;
    }
}
