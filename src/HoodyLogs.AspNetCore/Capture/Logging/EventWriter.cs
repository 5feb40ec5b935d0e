using System.Diagnostics;
using System.Net;
using HoodyLogs.AspNetCore.Capture.Data;
using HoodyLogs.AspNetCore.Capture.Exchanges;
using HoodyLogs.AspNetCore.Capture.Policies;
using HoodyLogs.AspNetCore.Capture.Redaction.Text;
using Microsoft.Extensions.Logging;

namespace HoodyLogs.AspNetCore.Capture.Logging;

/// <summary>Makes an event of a log record: redacted, bounded, with trace id and scope of the exchange in whose flow it was logged.</summary>
internal sealed class EventWriter(ILogSink sink, ExchangeRecorder recorder, TimeProvider time, LogsApiPaths paths)
{
    private const string FrameworkCategories = "Microsoft.AspNetCore.";
    private const string RequestActivity = "Microsoft.AspNetCore.Hosting.HttpRequestIn"; // the name of each request's own

    public void Write(
        string category, LogLevel level, EventId eventId, IEnumerable<KeyValuePair<string, object?>>? values, Func<string> makeMessage,
        Exception? exception)
    {
        var exchange = recorder.Current.Value;
        var rules = exchange?.Rules ?? recorder.Rules;
        if (!rules.CapturesLogsApi && IsAboutLogsApi(exchange, category, values)) return;
        var scope = exchange is null ? default : recorder.ScopeOf(exchange);
        var exceptions = new ExceptionTexts();
        exceptions.Add(exception);
        IPAddress?[] clients = exchange is null || rules.Addresses.IsFull ? [] : [exchange.Arrival.Address, ExchangeRecorder.AddressOf(exchange)];
        var attributes = new EventAttributes(values ?? [], FormatMessage(makeMessage), rules, exceptions, clients, ReportFailure);
        var whole = WriteData(rules, category, eventId, attributes, eventId.Name, exception is null ? null : ExceptionText(exception));
        var forAll = rules.ShowExceptions ? null : TenantData(rules, category, eventId, attributes, exceptions, exception);
        sink.TryWrite(new LogRecord
        {
            Shape = RecordShape.Event,
            Level = MapLevel(level),
            Source = rules.Source,
            ProjectId = scope.ProjectId,
            ContainerId = scope.ContainerId,
            ServiceName = scope.ServiceName,
            IsScopeUnverified = scope.IsUnverified,
            TraceId = exchange?.TraceId ?? (Activity.Current is { IdFormat: ActivityIdFormat.W3C } activity ? activity.TraceId.ToHexString() : null),
            TimestampMs = time.GetUtcNow().ToUnixTimeMilliseconds(),
            OwnRequestData = forAll ?? whole,
            OwnResponseData = forAll is null ? null : whole,
        });
    }

    public void ReportFailure(Exception failure) => recorder.Failed(failure, "Storing a log record");

    /// <summary>Whether a record is about a request to the logs API, which would make entries by being read.</summary>
    private bool IsAboutLogsApi(Exchange? exchange, string category, IEnumerable<KeyValuePair<string, object?>>? values)
    {
        if (exchange is { Endpoint.IsLogsApi: true } || CurrentExchange.IsInLogsApi) return true;

        // Logged before the endpoint is known.
        if (values is null || !category.StartsWith(FrameworkCategories, StringComparison.Ordinal)) return false;
        if (!paths.Contains(values.FirstOrDefault(static value => value.Key == "Path").Value?.ToString())) return false;
        if (Activity.Current is { OperationName: RequestActivity } own) recorder.Current.NoteLogsApi(own);
        return true;
    }

    /// <summary>Null where the host's own values cannot be written.</summary>
    private string? FormatMessage(Func<string> make)
    {
        try
        {
            return make();
        }
#pragma warning disable CA1031 // a host's values may throw anything
        catch (Exception failure)
#pragma warning restore CA1031
        {
            ReportFailure(failure);
            return null;
        }
    }

    /// <summary>What readers who are no admins see in place of all the data; null where that is the same.</summary>
    private static byte[]? TenantData(
        CapturePolicy rules, string category, EventId eventId, EventAttributes attributes, ExceptionTexts exceptions, Exception? exception)
    {
        var without = attributes.WithoutExceptions();
        var eventName = eventId.Name is { } name ? exceptions.Remove(name) : null;
        return exception is null && ReferenceEquals(without, attributes) && eventName == eventId.Name
            ? null
            : WriteData(rules, category, eventId, without, eventName, exception is null ? null : ExceptionTexts.TypeName(exception));
    }

    private string ExceptionText(Exception exception)
    {
        try
        {
            return exception.ToString();
        }
#pragma warning disable CA1031 // a host's exception may throw anything
        catch (Exception failure)
#pragma warning restore CA1031
        {
            ReportFailure(failure);
            return ExceptionTexts.TypeName(exception);
        }
    }

    private static byte[] WriteData(
        CapturePolicy rules, string category, EventId eventId, EventAttributes attributes, string? eventName, string? exception)
    {
        using var data = DataWriter.Rent();
        data.Name("message"u8).Value(attributes.Message);
        if (attributes.IsMessageTruncated) data.Name("messageTruncated"u8).Value(true);
        data.Name("category"u8).Value(TextLimits.Truncate(category, TextLimits.Short));
        if (eventId.Id != 0) data.Name("eventId"u8).Value(eventId.Id);
        if (eventName is not null) data.Name("eventName"u8).Value(TextLimits.Truncate(eventName, TextLimits.Short));
        attributes.Write(data);
        if (exception is null) return data.Written.ToArray();
        var text = attributes.HideAddresses(exception);
        data.Name("exception"u8).Value(rules.Messages.Redact(text, TextLimits.Long));
        if (text.Length > TextLimits.Long) data.Name("exceptionTruncated"u8).Value(true);
        return data.Written.ToArray();
    }

    private static EntryLevel MapLevel(LogLevel level) => level switch
    {
        LogLevel.Trace or LogLevel.Debug => EntryLevel.Debug,
        LogLevel.Information => EntryLevel.Info,
        LogLevel.Warning => EntryLevel.Warn,
        _ => EntryLevel.Error,
    };
}
