using HoodyLogs.Writing;
using Microsoft.Extensions.Hosting;

namespace HoodyLogs.AspNetCore.Capture.Logging;

/// <summary>Lets the logger provider hear, once the host starts.</summary>
internal sealed class LoggerStart(ProxyLogsLoggerProvider provider, ILogSink sink, ExchangeRecorder recorder, TimeProvider time)
    : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        recorder.Current.IsAsked = true;
        provider.Attach(sink, recorder, time);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
