using HoodyLogs.AspNetCore.Configuration;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds HoodyLogs to the host's health checks.</summary>
public static class ProxyLogsHealthChecksBuilderExtensions
{
    /// <summary>Adds a check that is Degraded while the store is not open or entries cannot be stored: the proxy serves on, the live tail goes on from memory.</summary>
    /// <param name="builder">The host's health checks.</param>
    /// <param name="name">The name of the check. Default <c>proxy-logs</c>.</param>
    /// <param name="tags">Tags to choose checks by.</param>
    public static IHealthChecksBuilder AddProxyLogs(this IHealthChecksBuilder builder, string name = "proxy-logs", IEnumerable<string>? tags = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.AddCheck<LogStoreHealthCheck>(name, HealthStatus.Degraded, tags ?? []);
    }
}
