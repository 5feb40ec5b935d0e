using Microsoft.Extensions.Logging;

namespace HoodyLogs.Storage.Sqlite.Diagnostics;

internal static partial class StoreMessages
{
    [LoggerMessage(100, LogLevel.Error, "The log database {Path} is damaged. It was moved to {Aside}, and a new one was begun.", EventName = "DatabaseMovedAside")]
    public static partial void DatabaseMovedAside(ILogger logger, string path, string aside, Exception damage);

    [LoggerMessage(101, LogLevel.Warning, "{Count} records were stored with unknown scope since the last such warning: an id was longer than 128 characters, or there were more than {MaxSeries} series (ProxyLogs:MaxSeries).", EventName = "ScopesNotKept")]
    public static partial void UnscopedRecords(ILogger logger, long count, int maxSeries);

    [LoggerMessage(102, LogLevel.Error, "Row {Id} of a destroyed scope is damaged. It was removed, but where its bodies lie is not known: if it had any, they stay until retention removes their file.", EventName = "BodiesNotErased")]
    public static partial void BodiesNotOverwritten(ILogger logger, long id, Exception damage);

    [LoggerMessage(103, LogLevel.Error, "Row {Id} of the log database is damaged. What would show it answers 503, live tails pass over it and tell of a gap. It goes with its scope, or by retention. This is said once for each row.", EventName = "RowDamaged")]
    public static partial void RowDamaged(ILogger logger, long id, Exception damage);

    [LoggerMessage(104, LogLevel.Warning, "The temporary folder {Path} of the log store could not be deleted.", EventName = "TemporaryFolderLeft")]
    public static partial void TemporaryFolderLeft(ILogger logger, string path, Exception failure);

    [LoggerMessage(110, LogLevel.Warning, "The system clock leapt to {Wall:O}, {Expected:O} was expected. Until it has been steady for ten minutes, entries are dated by elapsed time and nothing is deleted because of its age.", EventName = "ClockLeapt")]
    public static partial void ClockJumped(ILogger logger, DateTimeOffset wall, DateTimeOffset expected);

    [LoggerMessage(111, LogLevel.Information, "The system clock is back at the expected time.", EventName = "ClockReturned")]
    public static partial void ClockReturned(ILogger logger);

    [LoggerMessage(113, LogLevel.Warning, "The write-ahead log of {Path} has {Bytes} bytes and cannot be reset: a connection keeps a snapshot open. Another program that reads the file, such as a backup, may hold it.", EventName = "WalGrows")]
    public static partial void WalNotTruncated(ILogger logger, string path, long bytes);

    [LoggerMessage(112, LogLevel.Information, "The system clock has been steady for ten minutes since it leapt: {Now:O} is believed, and retention by age goes on from there.", EventName = "ClockSettled")]
    public static partial void ClockAccepted(ILogger logger, DateTimeOffset now);

    [LoggerMessage(120, LogLevel.Error, "The log database {Path} is not closed after {Budget}: a call to it still runs, or the disk hangs. Its handles stay open until the call or the process ends.", EventName = "StoreStillInUse")]
    public static partial void StillInUse(ILogger logger, string path, TimeSpan budget);

    [LoggerMessage(121, LogLevel.Error, "The captured bodies in {Path} cannot be read. Their entries are shown without them (\"lost\"). This is logged once for each file.", EventName = "BodiesUnreadable")]
    public static partial void BodiesUnreadable(ILogger logger, string path, Exception failure);
}
