using Microsoft.Extensions.Logging;

namespace HoodyLogs.Storage.Sqlite.Diagnostics;

/// <summary>The log messages of the SQLite store.</summary>
internal static partial class StoreMessages
{
    [LoggerMessage(100, LogLevel.Error, "The log database {Path} is damaged. It was moved to {MovedTo}, and a new database was created. The entries of the damaged database are no longer served. Keep the moved files if you want to recover entries, or delete them.", EventName = "DatabaseMovedAside")]
    public static partial void DatabaseMovedAside(ILogger logger, string path, string movedTo, Exception damage);

    [LoggerMessage(101, LogLevel.Warning, "{Count} records were stored without a scope since the last such warning, so only admins can read them. An id was longer than 128 characters, or there are more than {MaxSeries} series. If the ids are valid, raise ProxyLogs:Sqlite:MaxSeries.", EventName = "UnscopedRecords")]
    public static partial void UnscopedRecords(ILogger logger, long count, int maxSeries);

    [LoggerMessage(102, LogLevel.Error, "Row {Id} of a deleted scope is damaged. The row was removed, but the location of its bodies is unknown. If it has bodies, they stay on the disk until retention deletes their file. Check the disk for errors.", EventName = "BodiesNotOverwritten")]
    public static partial void BodiesNotOverwritten(ILogger logger, long id, Exception damage);

    [LoggerMessage(103, LogLevel.Error, "Row {Id} of the log database is damaged. Reads that include the row fail with 503. Live tails skip the row and report a gap. The row is removed when its scope is deleted or when retention reaches it. Check the disk for errors. This message is logged once per row.", EventName = "RowDamaged")]
    public static partial void RowDamaged(ILogger logger, long id, Exception damage);

    [LoggerMessage(104, LogLevel.Warning, "The temporary folder {Path} of the log store could not be deleted. It contains log entries. Delete it.", EventName = "TemporaryFolderLeft")]
    public static partial void TemporaryFolderLeft(ILogger logger, string path, Exception failure);

    [LoggerMessage(110, LogLevel.Warning, "The system clock jumped to {Wall:O}. The expected time was {Expected:O}. Until the clock has been steady for ten minutes, ingestion times follow elapsed time and no entry is deleted because of its age. Check the time synchronization of this machine.", EventName = "ClockJumped")]
    public static partial void ClockJumped(ILogger logger, DateTimeOffset wall, DateTimeOffset expected);

    [LoggerMessage(111, LogLevel.Information, "The system clock shows the expected time again. Retention by age continues.", EventName = "ClockReturned")]
    public static partial void ClockReturned(ILogger logger);

    [LoggerMessage(112, LogLevel.Information, "The system clock has been steady for ten minutes since it jumped. Its time {Now:O} is accepted, and retention by age continues with it.", EventName = "ClockAccepted")]
    public static partial void ClockAccepted(ILogger logger, DateTimeOffset now);

    [LoggerMessage(113, LogLevel.Warning, "The write-ahead log of {Path} has {Bytes} bytes and cannot be truncated, because a connection keeps an old snapshot open. It grows until that connection ends its transaction. Look for another program that reads the file, for example a backup.", EventName = "WalNotTruncated")]
    public static partial void WalNotTruncated(ILogger logger, string path, long bytes);

    [LoggerMessage(120, LogLevel.Error, "The log database {Path} was not closed within {Budget}, because a call to it is still running or the disk does not respond. Its handles stay open until the call or the process ends.", EventName = "StoreStillInUse")]
    public static partial void StillInUse(ILogger logger, string path, TimeSpan budget);

    [LoggerMessage(121, LogLevel.Error, "The captured bodies in {Path} cannot be read. Entries with bodies in this file are returned without them (body state \"lost\"). Check the disk and the permissions of the file. This message is logged once per file.", EventName = "BodiesUnreadable")]
    public static partial void BodiesUnreadable(ILogger logger, string path, Exception failure);
}
