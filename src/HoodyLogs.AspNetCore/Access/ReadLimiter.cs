using System.Threading.RateLimiting;
using HoodyLogs.Tenancy;

namespace HoodyLogs.AspNetCore.Access;

/// <summary>A fixed number of reads a minute for each scope.</summary>
internal sealed class ReadLimiter(int perMinute) : IDisposable
{
    public static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    // By the scope itself, not by its text: a project may be named like a project and a container.
    private readonly PartitionedRateLimiter<LogScope> _limiter = PartitionedRateLimiter.Create<LogScope, LogScope>(
        scope => RateLimitPartition.GetFixedWindowLimiter(scope, _ => new FixedWindowRateLimiterOptions { PermitLimit = perMinute, Window = Window }));

    public int PerMinute => perMinute;

    public RateLimitLease AttemptAcquire(LogScope scope) => _limiter.AttemptAcquire(scope);

    public void Dispose() => _limiter.Dispose();
}
