using System.Collections.Frozen;
using HoodyLogs.AspNetCore.Capture.Data;
using HoodyLogs.AspNetCore.Capture.Diagnostics;
using HoodyLogs.AspNetCore.Capture.Redaction;
using HoodyLogs.AspNetCore.Capture.Redaction.Text;
using HoodyLogs.AspNetCore.Capture.Redaction.Urls;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace HoodyLogs.AspNetCore.Capture.Policies;

/// <summary>Writes headers to <c>data</c>: the values of allowed headers, and <c>[redacted]</c> for all others.</summary>
internal sealed class HeaderCapture(CaptureOptions options, MessageRedactor messages, FieldRedactor fields, UrlRedaction urls, ClientAddress addresses)
{
    private const int MaxHeaders = 100;

    /// <summary>Headers whose value is a url or contains urls.</summary>
    private static readonly FrozenSet<string> HeadersWithUrls = new[]
    {
        "Referer", "Origin", "Location", "Content-Location", "Link", "Refresh", "Destination", "SourceMap", "X-Original-URL", "X-Rewrite-URL", "X-Forwarded-Uri",
        "X-Forwarded-Url", "X-Original-URI",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    private readonly FrozenSet<string> _allowed = options.AllowedHeaders
        .Except(options.SensitiveHeaders, StringComparer.OrdinalIgnoreCase).ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    // These describe how the client reached the proxy, not its address.
    private static readonly FrozenSet<string> HeadersWithoutAddress = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase, "X-Forwarded-Proto", "X-Forwarded-Host", "X-Forwarded-Port", "X-Forwarded-Prefix", "X-Forwarded-Server");

    private static readonly FrozenSet<string> AddressWords = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase, "for", "ipv4", "ipv6", "addr", "address", "peer", "client", "remote");

    public void Write(DataWriter data, HttpContext context, IHeaderDictionary headers, CaptureFailures failures)
    {
        var remaining = TextLimits.Long;
        var count = 0;
        var isComplete = true;
        data.Name("headers"u8).BeginObject();
        foreach (var (name, values) in headers)
        {
            var isAllowed = _allowed.Contains(name) && (addresses.IsFull || !MayContainAddress(name));
            var value = isAllowed ? Redact(context, name, values, failures) : RedactionSpans.Replacement;
            remaining -= name.Length + value.Length;
            isComplete = ++count <= MaxHeaders && remaining >= 0;
            if (!isComplete) break;
            data.Name(name).Value(value);
        }

        data.EndObject();
        if (!isComplete) data.Name("headersTruncated"u8).Value(true);
    }

    /// <summary>Redacts a value as a message and as a url, because any value may contain a parameter. Truncates after redaction.</summary>
    private string Redact(HttpContext context, string name, StringValues values, CaptureFailures failures)
    {
        var value = values.Count == 1 ? RedactValue(name, values[0] ?? "") : string.Join(", ", values.Select(value => RedactValue(name, value ?? "")));
        if (HeadersWithUrls.Contains(name)) value = urls.RedactHeader(context, name, value, failures);
        return TextLimits.Truncate(addresses.Replace(value, context.Connection.RemoteIpAddress), TextLimits.Short);
    }

    private string RedactValue(string name, string value)
    {
        if (name.Equals(HeaderNames.UserAgent, StringComparison.OrdinalIgnoreCase)) return messages.RedactUserAgent(value, TextLimits.Short);
        return fields.RedactUrl(messages.Redact(value, TextLimits.Long));
    }

    /// <summary>Whether a header may contain the address of the client, such as CF-Connecting-IP and X-Real-IP.</summary>
    private static bool MayContainAddress(string name)
    {
        if (HeadersWithoutAddress.Contains(name)) return false;
        if (name.EndsWith("ip", StringComparison.OrdinalIgnoreCase) || name.Contains("forwarded", StringComparison.OrdinalIgnoreCase)) return true;
        foreach (var word in name.Split('-', '_'))
        {
            if (AddressWords.Contains(word) || word.EndsWith("ip", StringComparison.OrdinalIgnoreCase)) return true;
        }

        return false;
    }
}
