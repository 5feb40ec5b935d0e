using System.Diagnostics;
using HoodyLogs.Entries;
using HoodyLogs.Writing;
using Microsoft.Extensions.Logging;

namespace HoodyLogs.AspNetCore.Capture.Logging;

/// <summary>Makes an event of a log record: redacted like a url, bounded, with trace id and scope of the exchange in whose flow it was logged.</summary>
internal sealed class EventWriter(ILogSink sink, ExchangeRecorder recorder, TimeProvider time)
{
    public void Write(
        string category, LogLevel level, EventId eventId, IEnumerable<KeyValuePair<string, object?>>? values, string message, Exception? exception)
    {
        var exchange = recorder.Current.Value;
        var rules = exchange?.Rules ?? recorder.Rules;
        var scope = exchange is null ? default : recorder.ScopeOf(exchange);
        sink.TryWrite(new LogRecord
        {
            Shape = RecordShape.Event,
            Level = LevelOf(level),
            Source = rules.Source,
            ProjectId = scope.ProjectId,
            ContainerId = scope.ContainerId,
            ServiceName = scope.ServiceName,
            TraceId = exchange?.TraceId ?? (Activity.Current is { IdFormat: ActivityIdFormat.W3C } activity ? activity.TraceId.ToHexString() : null),
            TimestampMs = time.GetUtcNow().ToUnixTimeMilliseconds(),
            RequestData = Data(rules, category, eventId, values is null ? null : new EventAttributes(values, rules), message, exception),
        });
    }

    public void Failed(Exception failure) => recorder.Failed(failure, "Storing a log record");

    private static byte[] Data(
        CaptureRules rules, string category, EventId eventId, EventAttributes? attributes, string message, Exception? exception)
    {
        using var data = DataWriter.Rent();
        Text(data, "message"u8, "messageTruncated"u8, attributes?.Message(message) ?? message, rules);
        data.Name("category"u8).Value(Bounded.Text(category, Bounded.Short));
        if (eventId.Id != 0) data.Name("eventId"u8).Value(eventId.Id);
        if (eventId.Name is { } name) data.Name("eventName"u8).Value(Bounded.Text(name, Bounded.Short));
        attributes?.Write(data);
        if (exception is not null) Text(data, "exception"u8, "exceptionTruncated"u8, exception.ToString(), rules);
        return data.Written.ToArray();
    }

    private static void Text(DataWriter data, ReadOnlySpan<byte> name, ReadOnlySpan<byte> nameWhereCut, string text, CaptureRules rules)
    {
        data.Name(name).Value(rules.Fields.Message(text, Bounded.Long));
        if (text.Length > Bounded.Long) data.Name(nameWhereCut).Value(true);
    }

    private static EntryLevel LevelOf(LogLevel level) => level switch
    {
        LogLevel.Trace or LogLevel.Debug => EntryLevel.Debug,
        LogLevel.Information => EntryLevel.Info,
        LogLevel.Warning => EntryLevel.Warn,
        _ => EntryLevel.Error,
    };
}
