using Microsoft.Extensions.Logging;

namespace HoodyLogs.AspNetCore.Endpoints;

internal static partial class EndpointMessages
{
    [LoggerMessage(600, LogLevel.Error, "The log store could not be read for a caller of the logs API.", EventName = "ReadFailed")]
    public static partial void ReadFailed(ILogger logger, Exception failure);
}
