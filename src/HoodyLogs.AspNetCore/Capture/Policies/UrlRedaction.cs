using HoodyLogs.AspNetCore.Capture.Exchanges;
using HoodyLogs.AspNetCore.Capture.Redaction.Text;
using HoodyLogs.AspNetCore.Capture.Redaction.Urls;
using Microsoft.AspNetCore.Http;

namespace HoodyLogs.AspNetCore.Capture.Policies;

/// <summary>Redacts urls: by name, by path pattern, then in the host's own way. Immutable.</summary>
internal sealed class UrlRedaction(CaptureOptions options, FieldRedactor fields)
{
    private readonly UrlRedactor? _redact = options.RedactUrl;

    public PathRedactor Paths { get; } = options.SensitivePaths.Count == 0 ? PathRedactor.None : new PathRedactor(options.SensitivePaths);

    /// <summary>Whether the host's own way is part of it, which needs the request.</summary>
    public bool AsksHost => _redact is not null;

    /// <summary>The url of a request, without the host's own way.</summary>
    public string ByRules(string target, string? pathBase) => Paths.RedactUrl(fields.RedactUrl(target), pathBase);

    /// <summary>The url of a request.</summary>
    public string OfRequest(Exchange exchange, string target, CaptureFailures failures)
    {
        if (exchange.RedactedUrl is { } known) return known;
        var url = ByRules(target, exchange.PathBase);
        return _redact is null ? url : Redact(new UrlToRedact(exchange.Context, url, null), failures);
    }

    /// <summary>The value of a header that holds a url, after all other redaction.</summary>
    public string OfHeader(HttpContext context, string name, string value, CaptureFailures failures) =>
        _redact is null ? value : Redact(new UrlToRedact(context, value, name), failures);

    private string Redact(in UrlToRedact url, CaptureFailures failures)
    {
        try
        {
            return _redact!(url) ?? RedactionSpans.Replacement;
        }
#pragma warning disable CA1031 // a host's delegate may throw anything
        catch (Exception exception)
#pragma warning restore CA1031
        {
            failures.Note(exception, "Capture.RedactUrl");
            return RedactionSpans.Replacement;
        }
    }
}
