using System.Diagnostics;
using System.Net;
using HoodyLogs.AspNetCore.Capture.Data;
using HoodyLogs.AspNetCore.Capture.Exchanges;
using HoodyLogs.AspNetCore.Capture.Policies;
using HoodyLogs.AspNetCore.Capture.Recording;
using HoodyLogs.AspNetCore.Capture.Redaction.Text;
using Microsoft.Extensions.Logging;

namespace HoodyLogs.AspNetCore.Capture.Logging;

/// <summary>Stores a log record as an event: redacted, limited in length, with the trace id and the scope of the exchange during which it was logged.</summary>
internal sealed class EventWriter(ILogSink sink, ExchangeRecorder recorder, TimeProvider time, LogsApiPaths paths)
{
    private const string FrameworkCategories = "Microsoft.AspNetCore.";
    private const string RequestActivity = "Microsoft.AspNetCore.Hosting.HttpRequestIn"; // the activity that ASP.NET Core starts for each request

    /// <summary>Stores a log record.</summary>
    public void Write(
        string category, LogLevel level, EventId eventId, IEnumerable<KeyValuePair<string, object?>>? values, Func<string> makeMessage,
        Exception? exception)
    {
        var exchange = recorder.Current.Value;
        var rules = exchange?.Policy ?? recorder.Policy;
        if (!rules.CapturesLogsApi && IsAboutLogsApi(exchange, category, values)) return;
        var scope = exchange is null ? default : ExchangeAccess.ScopeOf(exchange);
        var exceptions = new ExceptionTexts();
        exceptions.Add(exception);
        IPAddress?[] clients = exchange is null || rules.Addresses.IsFull ? [] : [exchange.Arrival.Address, ExchangeAccess.ClientAddressOf(exchange)];
        var attributes = new EventAttributes(values ?? [], FormatMessage(makeMessage), rules, exceptions, clients, ReportFailure);
        var whole = WriteData(rules, category, eventId, attributes, eventId.Name, exception is null ? null : ExceptionText(exception));
        var tenantData = rules.ShowExceptions ? null : TenantData(rules, category, eventId, attributes, exceptions, exception);
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
            OwnRequestData = tenantData ?? whole,
            OwnResponseData = tenantData is null ? null : whole,
        });
    }

    /// <summary>Counts a failure, and logs the first one.</summary>
    public void ReportFailure(Exception failure) => recorder.Report(failure, "Storing a log record");

    /// <summary>Returns whether a log record is about a request to the logs API. Storing it would let each read of the log add entries to it.</summary>
    private bool IsAboutLogsApi(Exchange? exchange, string category, IEnumerable<KeyValuePair<string, object?>>? values)
    {
        if (exchange is { Endpoint.IsLogsApi: true } || CurrentExchange.IsInLogsApi) return true;

        // The server logs the start of a request before its endpoint is known.
        if (values is null || !category.StartsWith(FrameworkCategories, StringComparison.Ordinal)) return false;
        if (!paths.Contains(values.FirstOrDefault(static value => value.Key == "Path").Value?.ToString())) return false;
        if (Activity.Current is { OperationName: RequestActivity } own) recorder.Current.MarkLogsApi(own);
        return true;
    }

    /// <summary>Returns the message, or null if a value of the host cannot be formatted.</summary>
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

    /// <summary>Returns the data for readers who are not admins: without the texts of exceptions. Returns null if the data is the same for all readers.</summary>
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
