using Microsoft.Extensions.Logging;

namespace HoodyLogs.AspNetCore.Endpoints.Responses;

internal static partial class EndpointMessages
{
    [LoggerMessage(600, LogLevel.Error, "The log store could not be read for a request to the logs API.", EventName = "ReadFailed")]
    public static partial void ReadFailed(ILogger logger, Exception failure);

    [LoggerMessage(610, LogLevel.Error, "A request to the logs API failed unexpectedly.", EventName = "RequestFailed")]
    public static partial void RequestFailed(ILogger logger, Exception failure);

    [LoggerMessage(601, LogLevel.Warning,
        "Retention has removed entries that are younger than 24 hours. The tunnel route cannot show them. Increase the limits in ProxyLogs:Retention.",
        EventName = "TunnelRetentionTooShort")]
    public static partial void TunnelRetentionTooShort(ILogger logger);
}
