using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace HoodyLogs.AspNetCore.Capture.Exchanges;

/// <summary>
/// A request as it arrived. The fields refer to immutable objects, so other threads may read them while the request goes on, and nothing is copied.
/// </summary>
internal readonly struct RequestArrival
{
    public RequestArrival(HttpContext context, TimeProvider time, bool keepsPathBase)
    {
        Timestamp = time.GetTimestamp();
        UnixTimeMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        TraceId = TraceContext.Of(context);
        if (TraceId is null) TraceUuid = TraceContext.NewUuid();
        var request = context.Request;
        Target = RequestTarget.Of(context);
        (Method, Protocol) = (request.Method, request.Protocol);
        UserAgent = request.Headers.UserAgent;
        Address = context.Features.Get<IHttpConnectionFeature>()?.RemoteIpAddress;
        if (keepsPathBase) PathBase = request.PathBase.Value;
    }

    /// <summary>The time, as a timestamp of the clock of the host.</summary>
    public long Timestamp { get; }

    /// <summary>The time in Unix milliseconds.</summary>
    public long UnixTimeMs { get; }

    /// <summary>The trace id of the request's activity or of its <c>traceparent</c>; null if it has none.</summary>
    public string? TraceId { get; }

    /// <summary>The generated trace id of a request without one.</summary>
    public Guid TraceUuid { get; }

    /// <summary>Path and query as received. Not redacted.</summary>
    public string Target { get; }

    public string Method { get; }

    public string Protocol { get; }

    /// <summary>The User-Agent. Not redacted.</summary>
    public string? UserAgent { get; }

    public IPAddress? Address { get; }

    /// <summary>The path base, if patterns redact paths. The request loses it before its end.</summary>
    public string? PathBase { get; }
}
