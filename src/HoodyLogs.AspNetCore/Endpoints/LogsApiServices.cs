using HoodyLogs.AspNetCore.Access;
using HoodyLogs.AspNetCore.Capture.Open;
using HoodyLogs.AspNetCore.Endpoints.Description;
using HoodyLogs.AspNetCore.Endpoints.Fanout;
using HoodyLogs.AspNetCore.Endpoints.Responses;
using HoodyLogs.AspNetCore.Endpoints.Stream;
using HoodyLogs.AspNetCore.Endpoints.Tunnels;
using HoodyLogs.Storage.Time;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.AspNetCore.OutputCaching;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace HoodyLogs.AspNetCore.Endpoints;

/// <summary>Registers the services of the logs API.</summary>
internal static class LogsApiServices
{
    public static IServiceCollection AddLogsApi(this IServiceCollection services)
    {
        services.TryAddSingleton<ILogAuthorizer, LogAuthorizer>();
        services.TryAddSingleton<ReadLimiter>();
        services.TryAddSingleton<ResponseBufferFactory>();
        services.TryAddSingleton<LogsApiPipeline>();
        services.TryAddSingleton<LogsApiRoutes>();
        services.TryAddSingleton<HostMiddlewareIsolation>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IPostConfigureOptions<OutputCacheOptions>, NoOutputCache>());
        services.TryAddSingleton<ListEndpoint>();
        services.TryAddSingleton<FanoutEndpoint>();
        services.TryAddSingleton<EntryEndpoint>();
        services.TryAddSingleton<StatsEndpoint>();
        services.TryAddSingleton<StreamEndpoint>();
        services.TryAddSingleton<OpenExchanges>(); // empty if capture is not used
        services.TryAddSingleton<OpenExchangesEndpoint>();
        services.TryAddSingleton<TrustedClock>();
        services.TryAddSingleton<TunnelRetentionWarning>();
        services.TryAddSingleton<TunnelRequestReader>();
        services.TryAddSingleton<TunnelEndpoint>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IConfigureOptions<JsonOptions>, AddJsonTypes>());
        return services;
    }

    /// <summary>Adds the types that OpenAPI shows. It is a class, so that a second registration is not added.</summary>
    private sealed class AddJsonTypes : IConfigureOptions<JsonOptions>
    {
        public void Configure(JsonOptions options) => options.SerializerOptions.TypeInfoResolverChain.Add(LogsApiJsonContext.Default);
    }
}
