using Microsoft.Extensions.Logging;

namespace HoodyLogs.AspNetCore.Capture;

internal static partial class CaptureMessages
{
    [LoggerMessage(400, LogLevel.Error, "{What} failed; the exchange is not affected. This is said once, further failures are only counted.")]
    public static partial void CaptureFailed(ILogger logger, Exception exception, string what);
}
