using HoodyLogs.AspNetCore.Capture.Diagnostics;
using HoodyLogs.AspNetCore.Capture.Redaction.Text;
using HoodyLogs.AspNetCore.Capture.Redaction.Urls;
using Microsoft.AspNetCore.Http;

namespace HoodyLogs.AspNetCore.Capture.Policies;

/// <summary>Redacts urls by name, by path pattern, and then by the delegate of the host. Immutable.</summary>
internal sealed class UrlRedaction(CaptureOptions options, FieldRedactor fields)
{
    private readonly UrlRedactor? _redact = options.RedactUrl;

    public PathRedactor Paths { get; } = options.SensitivePaths.Count == 0 ? PathRedactor.None : new PathRedactor(options.SensitivePaths);

    /// <summary>Whether the host redacts urls by a delegate, which needs the request.</summary>
    public bool HasDelegate => _redact is not null;

    /// <summary>Redacts the url of a request by name and path pattern only.</summary>
    public string RedactByRules(string target, string? pathBase) => Paths.RedactUrl(fields.RedactUrl(target), pathBase);

    /// <summary>Redacts the url of a request.</summary>
    public string RedactRequest(HttpContext context, string target, string? pathBase, CaptureFailures failures)
    {
        var url = RedactByRules(target, pathBase);
        return _redact is null ? url : Redact(new UrlToRedact(context, url, null), failures);
    }

    /// <summary>Redacts the value of a header that holds a url, after all other redaction.</summary>
    public string RedactHeader(HttpContext context, string name, string value, CaptureFailures failures) =>
        _redact is null ? value : Redact(new UrlToRedact(context, value, name), failures);

    private string Redact(in UrlToRedact url, CaptureFailures failures)
    {
        try
        {
            return _redact!(url) ?? RedactionSpans.Replacement;
        }
#pragma warning disable CA1031 // a delegate of the host may throw anything
        catch (Exception exception)
#pragma warning restore CA1031
        {
            failures.Report(exception, "Capture.RedactUrl");
            return RedactionSpans.Replacement;
        }
    }
}
