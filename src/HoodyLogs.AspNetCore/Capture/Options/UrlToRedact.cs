using Microsoft.AspNetCore.Http;

namespace HoodyLogs.AspNetCore;

/// <summary>Redacts a url in the host's own way (<see cref="CaptureOptions.RedactUrl"/>).</summary>
/// <param name="url">The url.</param>
/// <returns>What is stored: <see cref="UrlToRedact.Url"/> as it is, or something else.</returns>
public delegate string UrlRedactor(UrlToRedact url);

/// <summary>A url on its way to the store, for <see cref="CaptureOptions.RedactUrl"/>.</summary>
public readonly struct UrlToRedact
{
    internal UrlToRedact(HttpContext context, string url, string? header) => (Context, Url, Header) = (context, url, header);

    /// <summary>
    /// The exchange. For the url of the request it has just arrived, so no route is known yet. For a header its response has ended, unless the request entry is
    /// written at arrival.
    /// </summary>
    public HttpContext Context { get; }

    /// <summary>Path and query of the request as received, or the value of a header, without the secrets that were found already.</summary>
    public string Url { get; }

    /// <summary>The name of the header whose value this is; null for the url of the request.</summary>
    public string? Header { get; }
}
