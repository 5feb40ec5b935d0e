using Microsoft.Extensions.Logging;

namespace HoodyLogs.Storage.Sqlite;

internal static partial class StoreLog
{
    [LoggerMessage(100, LogLevel.Error, "The log database {Path} is damaged. It was moved to {Aside}, and a new one was begun.", EventName = "DatabaseMovedAside")]
    public static partial void MovedAside(ILogger logger, string path, string aside, Exception damage);
}
