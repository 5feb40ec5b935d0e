using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace HoodyLogs.AspNetCore.Capture;

/// <summary>What capture registers.</summary>
internal static class CaptureServices
{
    public static IServiceCollection AddCapture(this IServiceCollection services)
    {
        services.TryAddSingleton<OpenExchanges>();
        services.TryAddSingleton<ExchangeRecorder>();
        services.TryAddSingleton<RefusedRequests>();
        return services;
    }
}
