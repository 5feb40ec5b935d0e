using HoodyLogs.Writing;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace HoodyLogs.AspNetCore.Configuration;

/// <summary>Degraded, never unhealthy: the proxy serves on while its logs cannot be stored.</summary>
internal sealed class LogStoreHealthCheck(WriterHealth writer) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(writer.Trouble is { } trouble ? HealthCheckResult.Degraded(trouble) : HealthCheckResult.Healthy());
}
