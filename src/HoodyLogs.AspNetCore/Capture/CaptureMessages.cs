using Microsoft.Extensions.Logging;

namespace HoodyLogs.AspNetCore.Capture;

internal static partial class CaptureMessages
{
    [LoggerMessage(400, LogLevel.Error, "{What} failed; the exchange is not affected. This is said once, further failures are only counted.")]
    public static partial void CaptureFailed(ILogger logger, Exception exception, string what);

    [LoggerMessage(401, LogLevel.Warning,
        "No exchange is captured: the host calls AddProxyLogs, but not app.UseProxyLogs(). Call it first in the pipeline, or set ProxyLogs:Capture:Enabled to false.",
        EventName = "PipelineNotUsed")]
    public static partial void NotUsed(ILogger logger);
}
