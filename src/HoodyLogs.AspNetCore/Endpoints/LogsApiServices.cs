using HoodyLogs.AspNetCore.Access;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace HoodyLogs.AspNetCore.Endpoints;

/// <summary>The services of access and endpoints.</summary>
internal static class LogsApiServices
{
    public static IServiceCollection AddLogsApi(this IServiceCollection services)
    {
        services.TryAddSingleton<ILogAccess, LogAccess>();
        services.TryAddSingleton<LogLimits>();
        services.TryAddSingleton<LogsDispatch>();
        services.TryAddSingleton<LogsRoutes>();
        services.TryAddSingleton<StreamEndpoint>();
        return services;
    }
}
