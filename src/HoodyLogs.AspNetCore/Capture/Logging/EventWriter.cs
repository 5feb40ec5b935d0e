using System.Diagnostics;
using HoodyLogs.Entries;
using HoodyLogs.Writing;
using Microsoft.Extensions.Logging;

namespace HoodyLogs.AspNetCore.Capture.Logging;

/// <summary>Makes an event of a log record: redacted, bounded, with trace id and scope of the exchange in whose flow it was logged.</summary>
internal sealed class EventWriter(ILogSink sink, ExchangeRecorder recorder, TimeProvider time)
{
    public void Write(
        string category, LogLevel level, EventId eventId, IEnumerable<KeyValuePair<string, object?>>? values, Func<string> makeMessage,
        Exception? exception)
    {
        var exchange = recorder.Current.Value;
        var rules = exchange?.Rules ?? recorder.Rules;
        var scope = exchange is null ? default : recorder.ScopeOf(exchange);
        var attributes = new EventAttributes(values ?? [], Message(makeMessage), rules, Failed);
        sink.TryWrite(new LogRecord
        {
            Shape = RecordShape.Event,
            Level = LevelOf(level),
            Source = rules.Source,
            ProjectId = scope.ProjectId,
            ContainerId = scope.ContainerId,
            ServiceName = scope.ServiceName,
            IsScopeUnverified = scope.IsUnverified,
            TraceId = exchange?.TraceId ?? (Activity.Current is { IdFormat: ActivityIdFormat.W3C } activity ? activity.TraceId.ToHexString() : null),
            TimestampMs = time.GetUtcNow().ToUnixTimeMilliseconds(),
            OwnRequestData = Data(rules, category, eventId, attributes, exception),
        });
    }

    public void Failed(Exception failure) => recorder.Failed(failure, "Storing a log record");

    /// <summary>Null where the host's own values cannot be written.</summary>
    private string? Message(Func<string> make)
    {
        try
        {
            return make();
        }
#pragma warning disable CA1031 // a host's values may throw anything
        catch (Exception failure)
#pragma warning restore CA1031
        {
            Failed(failure);
            return null;
        }
    }

    private static byte[] Data(CaptureRules rules, string category, EventId eventId, EventAttributes attributes, Exception? exception)
    {
        using var data = DataWriter.Rent();
        data.Name("message"u8).Value(attributes.Message);
        if (attributes.MessageIsCut) data.Name("messageTruncated"u8).Value(true);
        data.Name("category"u8).Value(Bounded.Text(category, Bounded.Short));
        if (eventId.Id != 0) data.Name("eventId"u8).Value(eventId.Id);
        if (eventId.Name is { } name) data.Name("eventName"u8).Value(Bounded.Text(name, Bounded.Short));
        attributes.Write(data);
        if (exception?.ToString() is not { } text) return data.Written.ToArray();
        data.Name("exception"u8).Value(rules.Messages.Redact(text, Bounded.Long));
        if (text.Length > Bounded.Long) data.Name("exceptionTruncated"u8).Value(true);
        return data.Written.ToArray();
    }

    private static EntryLevel LevelOf(LogLevel level) => level switch
    {
        LogLevel.Trace or LogLevel.Debug => EntryLevel.Debug,
        LogLevel.Information => EntryLevel.Info,
        LogLevel.Warning => EntryLevel.Warn,
        _ => EntryLevel.Error,
    };
}
