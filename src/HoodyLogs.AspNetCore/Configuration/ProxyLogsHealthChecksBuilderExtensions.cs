using HoodyLogs.AspNetCore.Configuration;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds the log store to the health checks of the host.</summary>
public static class ProxyLogsHealthChecksBuilderExtensions
{
    /// <summary>
    /// Adds a check that is Degraded while the store is not open or entries cannot be stored. The proxy still serves requests, and tails still send
    /// entries from memory.
    /// </summary>
    /// <param name="builder">The health checks of the host.</param>
    /// <param name="name">The name of the check. The default is <c>proxy-logs</c>.</param>
    /// <param name="tags">Tags that select checks.</param>
    /// <returns>The health checks of the host.</returns>
    public static IHealthChecksBuilder AddProxyLogs(this IHealthChecksBuilder builder, string name = "proxy-logs", IEnumerable<string>? tags = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.AddCheck<LogStoreHealthCheck>(name, HealthStatus.Degraded, tags ?? []);
    }
}
