using HoodyLogs.AspNetCore.Capture.Diagnostics;
using HoodyLogs.AspNetCore.Capture.Redaction.Text;

namespace HoodyLogs.AspNetCore.Capture.Exchanges;

/// <summary>The redacted url of an exchange: path and query as received, even if middleware has rewritten them.</summary>
internal static class ExchangeUrl
{
    /// <summary>Returns the url that is recorded.</summary>
    /// <param name="exchange">The exchange.</param>
    /// <param name="failures">Counts failures of the delegate of the host.</param>
    /// <param name="isTruncated">Whether the url was longer than an entry can hold.</param>
    public static string Of(Exchange exchange, CaptureFailures failures, out bool isTruncated) =>
        Truncate(Redact(exchange, failures), out isTruncated);

    /// <summary>Redacts the url, without a limit of its length.</summary>
    public static string Redact(Exchange exchange, CaptureFailures failures) =>
        exchange.RedactedUrl ?? exchange.Policy.Urls.RedactRequest(exchange.Context, Path(exchange), exchange.Arrival.PathBase, failures);

    /// <summary>Returns the url of an open exchange. Does not use its context, so any thread may call this.</summary>
    public static string OfOpen(Exchange exchange, out bool isTruncated) =>
        Truncate(exchange.RedactedUrl ?? exchange.Policy.Urls.RedactByRules(Path(exchange), exchange.Arrival.PathBase), out isTruncated);

    private static string Path(Exchange exchange) => RequestTarget.PathAndQuery(exchange.Arrival.Target);

    private static string Truncate(string url, out bool isTruncated)
    {
        isTruncated = url.Length > TextLimits.Long;
        return TextLimits.Truncate(url, TextLimits.Long);
    }
}
