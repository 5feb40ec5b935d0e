using HoodyLogs.AspNetCore.Capture.Data;
using HoodyLogs.AspNetCore.Capture.Redaction.Text;
using HoodyLogs.Entries;
using Microsoft.AspNetCore.Http;

namespace HoodyLogs.AspNetCore.Capture.Exchanges;

/// <summary>An open exchange as a request entry without an id. Made when a reader asks, of what the exchange kept of its arrival.</summary>
internal static class OpenExchangeEntry
{
    private const int MaxIdLength = 128; // of scopes in the store, which keeps longer ones as unknown

    /// <summary>Whether an exchange can be in a scope: a quick look before anything is made of it.</summary>
    public static bool MayBeIn(LogScope scope, Exchange exchange) => scope.IsAll || ScopeOf(exchange).ProjectId == scope.ProjectId;

    /// <summary>What filters and scopes look at first.</summary>
    public static LogSeries Series(Exchange exchange)
    {
        var scope = ScopeOf(exchange);
        var container = scope.ContainerId is { } id ? ContainerIds.Canonical(id) : null;
        return new LogSeries(0, new SeriesKey(
            RecordShape.Request, EntryLevel.Info, exchange.Rules.Source, MethodOf(exchange), scope.ProjectId, container, scope.ServiceName));
    }

    /// <summary>The entry, redacted as it will be when it is recorded.</summary>
    public static LogRecord Record(Exchange exchange, LogSeries series, TimeSpan age)
    {
        ref readonly var arrival = ref exchange.Arrival;
        var rules = exchange.Rules;
        var url = RequestUrl.OfOpen(exchange, out var isCut);
        var record = new LogRecord
        {
            Shape = RecordShape.Request,
            Source = series.Key.Source,
            TraceId = exchange.GivenTraceId,
            TraceUuid = exchange.TraceUuid,
            TimestampMs = exchange.ArrivedMs,
            Url = url,
            ClientIp = rules.Addresses.Of(exchange.ClientAddress),
            BytesIn = exchange.BytesIn,
            UserAgent = arrival.UserAgent is { } agent ? rules.Messages.RedactUserAgent(agent, TextLimits.Short) : null,
            OwnRequestData = Data(exchange, isKnownMethod: series.Key.Method is not null, isCut, age),
        };
        record.AssignIds(0, 0, series);
        return record;
    }

    private static ExchangeScope ScopeOf(Exchange exchange)
    {
        var scope = exchange.Scope ?? exchange.OpenScope?.Scope ?? default;
        return IsLong(scope.ProjectId) || IsLong(scope.ContainerId) || IsLong(scope.ServiceName) ? default : scope;
    }

    private static bool IsLong(string? id) => id?.Length > MaxIdLength;

    private static string? MethodOf(Exchange exchange) => WellKnownMethods.Find(HttpMethods.GetCanonicalizedValue(exchange.Arrival.Method));

    private static byte[] Data(Exchange exchange, bool isKnownMethod, bool urlIsCut, TimeSpan age)
    {
        using var data = DataWriter.Rent();
        data.Name("protocol"u8).Value(exchange.IsWebSocket ? "ws" : exchange.Arrival.Protocol);
        if (!isKnownMethod) data.Name("method"u8).Value(TextLimits.Truncate(exchange.Arrival.Method, TextLimits.Short));
        if (urlIsCut) data.Name("urlTruncated"u8).Value(true);
        data.Name("openMs"u8).Value(age);
        return data.Written.ToArray();
    }
}
