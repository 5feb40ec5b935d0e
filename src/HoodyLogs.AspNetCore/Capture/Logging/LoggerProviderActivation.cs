using HoodyLogs.AspNetCore.Capture.Recording;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;

namespace HoodyLogs.AspNetCore.Capture.Logging;

/// <summary>Starts the logger provider when the host starts.</summary>
internal sealed class LoggerProviderActivation(
    ProxyLogsLoggerProvider provider, ILogSink? sink = null, ExchangeRecorder? recorder = null, TimeProvider? time = null,
    EndpointDataSource? endpoints = null) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (sink is null || recorder is null || time is null)
        {
            throw new InvalidOperationException("builder.Logging.AddProxyLogs() needs builder.Services.AddProxyLogs().");
        }

        recorder.Current.IsEnabled = true;
        provider.Attach(sink, recorder, time, new LogsApiPaths(endpoints));
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
