using Microsoft.AspNetCore.Http;

namespace HoodyLogs.AspNetCore;

/// <summary>A completed exchange, as <see cref="CaptureOptions.Keep"/> receives it. Valid only during the call.</summary>
public readonly ref struct CapturedExchange
{
    internal CapturedExchange(HttpContext context, string traceId) => (Context, TraceId) = (context, traceId);

    /// <summary>Gets the context of the exchange. The response has ended. Do not read or write the bodies.</summary>
    public HttpContext Context { get; }

    /// <summary>Gets the trace id.</summary>
    public string TraceId { get; }

    /// <summary>Gets the status that is recorded: the status as sent, or 499 if the client disconnected before the response started.</summary>
    public int Status { get; internal init; }

    /// <summary>Gets the level that is recorded.</summary>
    public EntryLevel Level { get; internal init; }

    /// <summary>Gets the time from the arrival of the request to the end of the response.</summary>
    public TimeSpan Duration { get; internal init; }

    /// <summary>Gets the number of bytes of the request body that were read.</summary>
    public long BytesIn { get; internal init; }

    /// <summary>Gets the number of bytes of the response body; -1 if it is unknown.</summary>
    public long BytesOut { get; internal init; }

    /// <summary>Gets whether the client disconnected before the response was complete.</summary>
    public bool IsClientDisconnected { get; internal init; }

    /// <summary>Gets the exception that left the pipeline, or that an error page (<c>UseExceptionHandler</c>) has handled; null if there is none.</summary>
    public Exception? Exception { get; internal init; }

    /// <summary>
    /// Returns whether the exchange belongs to a random sample, for example
    /// <c>Keep = exchange => exchange.Level > EntryLevel.Info || exchange.IsSampled(0.1)</c>. A hash of the trace id decides, so the sample contains all
    /// exchanges of a trace in this process, or none. The hash has a random key in each process, so a client cannot choose a trace id that is omitted. Two
    /// proxies choose different samples.
    /// </summary>
    /// <param name="share">The size of the sample, from 0 (no exchange) to 1 (all exchanges).</param>
    public bool IsSampled(double share)
    {
        // String hashes are keyed (Marvin), with a new key in each process.
        var hash = (uint)string.GetHashCode(TraceId, StringComparison.Ordinal);
        return hash < share * 4294967296.0;
    }
}
