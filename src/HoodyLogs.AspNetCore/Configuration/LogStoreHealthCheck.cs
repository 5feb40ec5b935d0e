using HoodyLogs.Writing;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace HoodyLogs.AspNetCore.Configuration;

/// <summary>Reports the state of the store. A problem is Degraded, not Unhealthy, because the proxy still serves requests.</summary>
internal sealed class LogStoreHealthCheck(WriterHealth? writer = null) : IHealthCheck
{
    private const string NothingToCheck = "AddHealthChecks().AddProxyLogs() needs builder.Services.AddProxyLogs().";

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) => Task.FromResult(
        writer is null ? HealthCheckResult.Unhealthy(NothingToCheck)
        : writer.Problem is { } trouble ? HealthCheckResult.Degraded(trouble)
        : HealthCheckResult.Healthy());
}
