using HoodyLogs.Writing;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace HoodyLogs.AspNetCore.Configuration;

/// <summary>Degraded, never unhealthy: the proxy serves on while its logs cannot be stored.</summary>
internal sealed class LogStoreHealthCheck(WriterHealth? writer = null) : IHealthCheck
{
    private const string NothingToCheck = "AddHealthChecks().AddProxyLogs() needs builder.Services.AddProxyLogs().";

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) => Task.FromResult(
        writer is null ? HealthCheckResult.Unhealthy(NothingToCheck)
        : writer.Problem is { } trouble ? HealthCheckResult.Degraded(trouble)
        : HealthCheckResult.Healthy());
}
