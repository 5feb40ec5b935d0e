using Microsoft.Extensions.Logging;

namespace HoodyLogs.AspNetCore.Capture.Diagnostics;

internal static partial class CaptureMessages
{
    [LoggerMessage(400, LogLevel.Error, "{Operation} failed. The exchange is not affected. Further failures of this operation are counted, not logged.")]
    public static partial void CaptureFailed(ILogger logger, Exception exception, string operation);

    [LoggerMessage(401, LogLevel.Warning,
        "No exchange is captured: the host calls AddProxyLogs, but not app.UseProxyLogs(). Call it first in the pipeline, or set ProxyLogs:Capture:Enabled to false.",
        EventName = "PipelineNotUsed")]
    public static partial void MiddlewareMissing(ILogger logger);
}
