using Microsoft.Extensions.Logging;

namespace HoodyLogs.AspNetCore.Access;

internal static partial class AccessMessages
{
    [LoggerMessage(500, LogLevel.Warning,
        "ProxyLogs:Access is not configured. Because the environment is Development, every caller on this machine can read all proxy logs.",
        EventName = "LoopbackIsAdmin")]
    public static partial void LoopbackIsAdmin(ILogger logger);

    [LoggerMessage(501, LogLevel.Information,
        "ProxyLogs:Access is not configured. Only authenticated users whose claims name a scope can read the proxy logs. All other callers get 403.",
        EventName = "NobodyMayRead")]
    public static partial void NobodyMayRead(ILogger logger);
}
