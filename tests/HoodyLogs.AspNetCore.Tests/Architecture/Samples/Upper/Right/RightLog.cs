using Microsoft.Extensions.Logging;

namespace HoodyLogs.AspNetCore.Tests.Architecture.Samples.Upper.Right;

internal static partial class RightLog
{
    [LoggerMessage(EventId = 1, Level = LogLevel.Debug, Message = "A message with the id of another.")]
    public static partial void Second(ILogger logger);
}
