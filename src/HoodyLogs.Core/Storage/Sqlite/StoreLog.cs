using Microsoft.Extensions.Logging;

namespace HoodyLogs.Storage.Sqlite;

internal static partial class StoreLog
{
    [LoggerMessage(100, LogLevel.Error, "The log database {Path} is damaged. It was moved to {Aside}, and a new one was begun.", EventName = "DatabaseMovedAside")]
    public static partial void MovedAside(ILogger logger, string path, string aside, Exception damage);

    [LoggerMessage(101, LogLevel.Warning, "{Count} records were stored with unknown scope since the last such warning: an id was longer than 128 characters, or there were more than {MaxSeries} series (ProxyLogs:MaxSeries).", EventName = "ScopesNotKept")]
    public static partial void ScopesNotKept(ILogger logger, long count, int maxSeries);

    [LoggerMessage(102, LogLevel.Error, "Row {Id} of a destroyed scope is damaged. It was removed, but where its bodies lie is not known: if it had any, they stay until retention removes their file.", EventName = "BodiesNotErased")]
    public static partial void BodiesNotErased(ILogger logger, long id, Exception damage);

    [LoggerMessage(103, LogLevel.Error, "Row {Id} of the log database is damaged. What would show it answers 503, live tails pass over it and tell of a gap. It goes with its scope, or by retention. This is said once for each row.", EventName = "RowDamaged")]
    public static partial void RowDamaged(ILogger logger, long id, Exception damage);

    [LoggerMessage(104, LogLevel.Warning, "The temporary folder {Path} of the log store could not be deleted.", EventName = "TemporaryFolderLeft")]
    public static partial void TemporaryFolderLeft(ILogger logger, string path, Exception failure);
}
