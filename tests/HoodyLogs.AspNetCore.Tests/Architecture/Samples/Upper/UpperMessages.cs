using Microsoft.Extensions.Logging;

namespace HoodyLogs.AspNetCore.Tests.Architecture.Samples.Upper;

internal static partial class UpperMessages
{
    [LoggerMessage(1, LogLevel.Debug, "A message.")]
    public static partial void First(ILogger logger);
}
