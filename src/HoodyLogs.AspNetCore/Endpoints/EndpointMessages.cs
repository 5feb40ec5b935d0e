using Microsoft.Extensions.Logging;

namespace HoodyLogs.AspNetCore.Endpoints;

internal static partial class EndpointMessages
{
    [LoggerMessage(600, LogLevel.Error, "The log store could not be read for a caller of the logs API.", EventName = "ReadFailed")]
    public static partial void ReadFailed(ILogger logger, Exception failure);

    [LoggerMessage(610, LogLevel.Error, "A request to the logs API failed unexpectedly.", EventName = "RequestFailed")]
    public static partial void RequestFailed(ILogger logger, Exception failure);

    [LoggerMessage(601, LogLevel.Warning,
        "Retention has dropped entries younger than 24 hours, which the tunnel route promises to show. Raise ProxyLogs:Retention.",
        EventName = "TunnelsCutShort")]
    public static partial void TunnelsCutShort(ILogger logger);
}
