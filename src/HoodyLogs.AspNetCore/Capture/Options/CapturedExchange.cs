using HoodyLogs.AspNetCore.Capture.Exchanges;
using Microsoft.AspNetCore.Http;

namespace HoodyLogs.AspNetCore;

/// <summary>An exchange whose outcome is known, for <see cref="CaptureOptions.Keep"/>. Valid only during the call.</summary>
public readonly ref struct CapturedExchange
{
    internal CapturedExchange(Exchange exchange, ExchangeOutcome outcome, TimeSpan duration)
    {
        Context = exchange.Context;
        TraceId = exchange.TraceId;
        Exception = exchange.Failure;
        (Status, Level, Duration) = (outcome.Status, outcome.Level, duration);
        (BytesIn, BytesOut, IsClientGone) = (exchange.BytesIn, exchange.BytesOut, exchange.ClientLeft);
    }

    /// <summary>The exchange; its response has ended, and its bodies must not be touched.</summary>
    public HttpContext Context { get; }

    /// <summary>The trace id of its entries.</summary>
    public string TraceId { get; }

    /// <summary>The status as sent (decision E5).</summary>
    public int Status { get; }

    /// <summary>The level (decision E5).</summary>
    public EntryLevel Level { get; }

    /// <summary>From arrival to the end of the response.</summary>
    public TimeSpan Duration { get; }

    /// <summary>Bytes of the request body as far as it was read.</summary>
    public long BytesIn { get; }

    /// <summary>Bytes of the response body; -1 where unknown.</summary>
    public long BytesOut { get; }

    /// <summary>Whether the client left before the response was complete.</summary>
    public bool IsClientGone { get; }

    /// <summary>What left the pipeline instead of a response, or what an error page (<c>UseExceptionHandler</c>) has answered; else null.</summary>
    public Exception? Exception { get; }

    /// <summary>
    /// Whether this exchange is in a sample of the given share: <c>Keep = exchange => exchange.Level > EntryLevel.Info || exchange.IsInSample(0.1)</c>.
    /// It is chosen by a hash of the trace id, so all exchanges of one trace in this process are in the sample or none. The key of the hash is random in each
    /// process, so no client can choose a trace id that is left out, and two proxies on the way of a trace choose differently.
    /// </summary>
    /// <param name="share">0 for none to 1 for all.</param>
    public bool IsInSample(double share)
    {
        // A keyed hash (Marvin) whose key is made anew in each process.
        var hash = (uint)string.GetHashCode(TraceId, StringComparison.Ordinal);
        return hash < share * 4294967296.0;
    }
}
