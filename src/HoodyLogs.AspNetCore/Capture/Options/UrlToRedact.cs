using Microsoft.AspNetCore.Http;

namespace HoodyLogs.AspNetCore;

/// <summary>Redacts a url (<see cref="CaptureOptions.RedactUrl"/>).</summary>
/// <param name="url">The url.</param>
/// <returns>The text to store: <see cref="UrlToRedact.Url"/> unchanged, or another text.</returns>
public delegate string UrlRedactor(UrlToRedact url);

/// <summary>A url, as <see cref="CaptureOptions.RedactUrl"/> receives it.</summary>
public readonly struct UrlToRedact
{
    internal UrlToRedact(HttpContext context, string url, string? header) => (Context, Url, Header) = (context, url, header);

    /// <summary>
    /// Gets the context of the exchange. For the url of the request, the request has just arrived and no route is known. For a header, the response has ended,
    /// unless the request entry is written on arrival.
    /// </summary>
    public HttpContext Context { get; }

    /// <summary>Gets path and query of the request as received, or the value of a header. Secrets that were found already are redacted.</summary>
    public string Url { get; }

    /// <summary>Gets the name of the header; null for the url of the request.</summary>
    public string? Header { get; }
}
