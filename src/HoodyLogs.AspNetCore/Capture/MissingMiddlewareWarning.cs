using HoodyLogs.AspNetCore.Capture.Options;
using HoodyLogs.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace HoodyLogs.AspNetCore.Capture;

/// <summary>Warns once the host has started, and so has built its pipelines, if none of them captures.</summary>
internal sealed class MissingMiddlewareWarning(
    IHostApplicationLifetime lifetime, ILastGoodOptions<ICaptureSettings> options, ILogger<MissingMiddlewareWarning> logger) : IHostedService, IDisposable
{
    private CancellationTokenRegistration _started;
    private volatile bool _isUsed;

    /// <summary>Called by <c>UseProxyLogs</c>, wherever in the host's pipelines it stands.</summary>
    public void Used() => _isUsed = true;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _started = lifetime.ApplicationStarted.Register(Check);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _started.Dispose();

    private void Check()
    {
        if (!_isUsed && options.Current.Capture.Enabled) CaptureMessages.NotUsed(logger);
    }
}
