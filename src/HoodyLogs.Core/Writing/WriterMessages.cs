using Microsoft.Extensions.Logging;

namespace HoodyLogs.Writing;

internal static partial class WriterMessages
{
    [LoggerMessage(200, LogLevel.Error, "Log entries cannot be stored; they are held in memory and tried again.", EventName = "StoreFailing")]
    public static partial void StoreFailing(ILogger logger, Exception failure);

    [LoggerMessage(201, LogLevel.Information, "Log entries are stored again.", EventName = "StoreWorksAgain")]
    public static partial void StoreWorksAgain(ILogger logger);

    [LoggerMessage(202, LogLevel.Error, "An unexpected error kept a log record from being stored. The record is lost.", EventName = "RecordRefused")]
    public static partial void RecordDropped(ILogger logger, Exception fault);

    [LoggerMessage(203, LogLevel.Warning, "{Entries} log entries were lost between {Since:O} and {Until:O}: they came faster than they could be written.",
        EventName = "EntriesDropped")]
    public static partial void EntriesDropped(ILogger logger, long entries, DateTimeOffset since, DateTimeOffset until);

    [LoggerMessage(204, LogLevel.Error, "{Entries} log entries are lost, because the log writer could not store them within {Budget} at shutdown: {Queued} were queued, {Unstored} were held back or being written. Reason: {Reason}", EventName = "DrainIncomplete")]
    public static partial void DrainIncomplete(ILogger logger, long entries, TimeSpan budget, long queued, long unstored, string reason);

    [LoggerMessage(205, LogLevel.Warning, "{Entries} log entries came after the log writer had stopped, and are lost.", EventName = "LostAfterStop")]
    public static partial void DroppedAfterStop(ILogger logger, long entries);

    [LoggerMessage(206, LogLevel.Warning, "The log store could not be maintained; it is tried again.", EventName = "MaintenanceFailed")]
    public static partial void MaintenanceFailed(ILogger logger, Exception failure);

    [LoggerMessage(207, LogLevel.Critical, "The log writer met an unexpected error and goes on. It keeps the entries that it has taken.", EventName = "WriterFault")]
    public static partial void WriterFault(ILogger logger, Exception fault);

    [LoggerMessage(208, LogLevel.Information, "Destroyed the scope {Scope}.", EventName = "ScopeDestroyed")]
    public static partial void ScopeDeleted(ILogger logger, string scope);

    [LoggerMessage(209, LogLevel.Error,
        "The log store is not open. The host runs without it: log records wait in memory as far as the queue has room, and opening is tried again. {Cause}",
        EventName = "StoreNotOpened")]
    public static partial void StoreNotOpened(ILogger logger, string cause, Exception failure);

    [LoggerMessage(210, LogLevel.Information, "The log store is open now.", EventName = "StoreOpened")]
    public static partial void StoreOpened(ILogger logger);

    [LoggerMessage(211, LogLevel.Error, "The host stopped before the log store could be opened; {Entries} log entries are lost. {Cause}", EventName = "LostUnopened")]
    public static partial void DroppedUnopened(ILogger logger, long entries, string? cause);
}
