using Microsoft.Extensions.Logging;

namespace HoodyLogs.AspNetCore.Access;

internal static partial class AccessMessages
{
    [LoggerMessage(500, LogLevel.Warning,
        "No rule says who may read the proxy logs, and this is Development: every caller on this machine sees everything. Set ProxyLogs:Access.",
        EventName = "LoopbackIsAdmin")]
    public static partial void LoopbackIsAdmin(ILogger logger);

    [LoggerMessage(501, LogLevel.Information,
        "No rule says who may read the proxy logs: only signed-in users whose claims name a scope may, everybody else gets 403. Set ProxyLogs:Access.",
        EventName = "NobodyMayRead")]
    public static partial void NobodyMayRead(ILogger logger);
}
