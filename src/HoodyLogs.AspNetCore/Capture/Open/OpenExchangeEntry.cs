using HoodyLogs.AspNetCore.Capture.Data;
using HoodyLogs.AspNetCore.Capture.Exchanges;
using HoodyLogs.AspNetCore.Capture.Redaction.Text;
using HoodyLogs.Entries;
using Microsoft.AspNetCore.Http;

namespace HoodyLogs.AspNetCore.Capture.Open;

/// <summary>Creates the request entry of an open exchange for a reader. The entry has no id.</summary>
internal static class OpenExchangeEntry
{
    private const int MaxIdLength = 128; // the store treats longer ids as unknown

    /// <summary>Whether an exchange may be in a scope. A quick check before an entry is created.</summary>
    public static bool MayBeIn(LogScope scope, Exchange exchange) => scope.IsAll || ScopeOf(exchange).ProjectId == scope.ProjectId;

    /// <summary>Returns the series of an exchange.</summary>
    public static LogSeries SeriesOf(Exchange exchange)
    {
        var scope = ScopeOf(exchange);
        var container = scope.ContainerId is { } id ? ContainerIds.Canonical(id) : null;
        return new LogSeries(0, new SeriesKey(
            RecordShape.Request, EntryLevel.Info, exchange.Policy.Source, MethodOf(exchange), scope.ProjectId, container, scope.ServiceName));
    }

    /// <summary>Creates the entry, redacted like the recorded entry.</summary>
    public static LogRecord Create(Exchange exchange, LogSeries series, TimeSpan age)
    {
        ref readonly var arrival = ref exchange.Arrival;
        var policy = exchange.Policy;
        var url = ExchangeUrl.OfOpen(exchange, out var isUrlTruncated);
        var record = new LogRecord
        {
            Shape = RecordShape.Request,
            Source = series.Key.Source,
            TraceId = arrival.TraceId,
            TraceUuid = arrival.TraceUuid,
            TimestampMs = arrival.UnixTimeMs,
            Url = url,
            ClientIp = policy.Addresses.Format(exchange.ClientAddress),
            BytesIn = exchange.BytesIn,
            UserAgent = arrival.UserAgent is { } agent ? policy.Messages.RedactUserAgent(agent, TextLimits.Short) : null,
            OwnRequestData = Data(exchange, isKnownMethod: series.Key.Method is not null, isUrlTruncated, age),
        };
        record.AssignIds(0, 0, series);
        return record;
    }

    private static ExchangeScope ScopeOf(Exchange exchange)
    {
        var scope = exchange.Scope ?? exchange.ProvisionalScope?.Scope ?? default;
        return IsTooLong(scope.ProjectId) || IsTooLong(scope.ContainerId) || IsTooLong(scope.ServiceName) ? default : scope;
    }

    private static bool IsTooLong(string? id) => id?.Length > MaxIdLength;

    private static string? MethodOf(Exchange exchange) => WellKnownMethods.Find(HttpMethods.GetCanonicalizedValue(exchange.Arrival.Method));

    private static byte[] Data(Exchange exchange, bool isKnownMethod, bool isUrlTruncated, TimeSpan age)
    {
        using var data = DataWriter.Rent();
        data.Name("protocol"u8).Value(exchange.IsWebSocket ? "ws" : exchange.Arrival.Protocol);
        if (!isKnownMethod) data.Name("method"u8).Value(TextLimits.Truncate(exchange.Arrival.Method, TextLimits.Short));
        if (isUrlTruncated) data.Name("urlTruncated"u8).Value(true);
        data.Name("openMs"u8).Value(age);
        return data.Written.ToArray();
    }
}
