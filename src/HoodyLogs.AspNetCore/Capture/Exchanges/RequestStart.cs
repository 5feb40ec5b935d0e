using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace HoodyLogs.AspNetCore.Capture.Exchanges;

/// <summary>
/// What a request said on arrival. These are references to immutable objects, so other threads can read them while the request goes on, and nothing is copied.
/// </summary>
internal readonly struct RequestStart
{
    public RequestStart(HttpContext context)
    {
        var request = context.Request;
        Target = RequestUrl.Target(context);
        (Method, Protocol) = (request.Method, request.Protocol);
        UserAgent = request.Headers.UserAgent;
        Address = context.Features.Get<IHttpConnectionFeature>()?.RemoteIpAddress;
    }

    /// <summary>Path and query as received; with secrets.</summary>
    public string Target { get; }

    public string Method { get; }

    public string Protocol { get; }

    /// <summary>The User-Agent; with secrets.</summary>
    public string? UserAgent { get; }

    public IPAddress? Address { get; }
}
