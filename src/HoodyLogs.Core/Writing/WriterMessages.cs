using Microsoft.Extensions.Logging;

namespace HoodyLogs.Writing;

internal static partial class WriterMessages
{
    [LoggerMessage(200, LogLevel.Error, "Writing to the log store failed. Entries are kept in memory within the limits of the queue, and writing is retried.", EventName = "StoreFailing")]
    public static partial void StoreFailing(ILogger logger, Exception failure);

    [LoggerMessage(201, LogLevel.Information, "The log store works again. Entries are being stored.", EventName = "StoreWorksAgain")]
    public static partial void StoreWorksAgain(ILogger logger);

    [LoggerMessage(202, LogLevel.Error, "A log record caused an unexpected error and was dropped.", EventName = "RecordDropped")]
    public static partial void RecordDropped(ILogger logger, Exception fault);

    [LoggerMessage(203, LogLevel.Warning, "{Entries} log entries were dropped between {Since:O} and {Until:O} because the queue was full. Increase Queue:Capacity or Queue:MaxBytes, or use a faster disk.",
        EventName = "EntriesDropped")]
    public static partial void EntriesDropped(ILogger logger, long entries, DateTimeOffset since, DateTimeOffset until);

    [LoggerMessage(204, LogLevel.Error, "{Entries} log entries were dropped because the log writer could not store them within {Budget} at shutdown: {Queued} were queued, {Unstored} were in the retry buffer or in a commit. {Reason}", EventName = "DrainIncomplete")]
    public static partial void DrainIncomplete(ILogger logger, long entries, TimeSpan budget, long queued, long unstored, string reason);

    [LoggerMessage(205, LogLevel.Warning, "{Entries} log entries were dropped because the log writer had already stopped.", EventName = "DroppedAfterStop")]
    public static partial void DroppedAfterStop(ILogger logger, long entries);

    [LoggerMessage(206, LogLevel.Warning, "Maintenance of the log store failed. It is retried.", EventName = "MaintenanceFailed")]
    public static partial void MaintenanceFailed(ILogger logger, Exception failure);

    [LoggerMessage(207, LogLevel.Critical, "The log writer had an unexpected error and continues. It keeps the entries that it has taken.", EventName = "WriterFault")]
    public static partial void WriterFault(ILogger logger, Exception fault);

    [LoggerMessage(208, LogLevel.Information, "Deleted the scope {Scope}.", EventName = "ScopeDeleted")]
    public static partial void ScopeDeleted(ILogger logger, string scope);

    [LoggerMessage(209, LogLevel.Error,
        "The log store cannot be opened. The host runs without it: records wait in the queue while it has room, and opening is retried. {Cause}",
        EventName = "StoreNotOpened")]
    public static partial void StoreNotOpened(ILogger logger, string cause, Exception failure);

    [LoggerMessage(210, LogLevel.Information, "The log store is open.", EventName = "StoreOpened")]
    public static partial void StoreOpened(ILogger logger);

    [LoggerMessage(211, LogLevel.Error, "The host stopped before the log store could be opened. {Entries} log entries were dropped. {Cause}", EventName = "DroppedUnopened")]
    public static partial void DroppedUnopened(ILogger logger, long entries, string? cause);
}
