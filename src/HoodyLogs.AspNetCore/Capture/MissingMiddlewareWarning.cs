using HoodyLogs.AspNetCore.Capture.Diagnostics;
using HoodyLogs.AspNetCore.Capture.Policies;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace HoodyLogs.AspNetCore.Capture;

/// <summary>Logs a warning after the host has started and built its pipelines, if none of them captures.</summary>
internal sealed class MissingMiddlewareWarning(
    IHostApplicationLifetime lifetime, CapturePolicySource policies, ILogger<MissingMiddlewareWarning> logger) : IHostedService, IDisposable
{
    private CancellationTokenRegistration _started;
    private volatile bool _isUsed;

    /// <summary>Notes that a pipeline of the host calls <c>UseProxyLogs</c>.</summary>
    public void SetUsed() => _isUsed = true;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _started = lifetime.ApplicationStarted.Register(Check);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _started.Dispose();

    private void Check()
    {
        if (!_isUsed && policies.Current.IsEnabled) CaptureMessages.MiddlewareMissing(logger);
    }
}
