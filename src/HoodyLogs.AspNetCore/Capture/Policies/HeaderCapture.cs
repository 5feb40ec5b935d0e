using System.Collections.Frozen;
using HoodyLogs.AspNetCore.Capture.Data;
using HoodyLogs.AspNetCore.Capture.Redaction;
using HoodyLogs.AspNetCore.Capture.Redaction.Text;
using HoodyLogs.AspNetCore.Capture.Redaction.Urls;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace HoodyLogs.AspNetCore.Capture.Policies;

/// <summary>Headers as <c>data</c> shows them: values of the allow-list, <c>[redacted]</c> for all others.</summary>
internal sealed class HeaderCapture(CaptureOptions options, MessageRedactor messages, FieldRedactor fields, UrlRedaction urls, ClientAddress addresses)
{
    private const int MaxHeaders = 100;

    /// <summary>Headers whose value is a url, or holds some.</summary>
    private static readonly FrozenSet<string> HoldUrls = new[]
    {
        "Referer", "Origin", "Location", "Content-Location", "Link", "Refresh", "Destination", "SourceMap", "X-Original-URL", "X-Rewrite-URL", "X-Forwarded-Uri",
        "X-Forwarded-Url", "X-Original-URI",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    private readonly FrozenSet<string> _shown = options.AllowedHeaders
        .Except(options.SensitiveHeaders, StringComparer.OrdinalIgnoreCase).ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    // Say how the client reached the proxy, not who it is.
    private static readonly FrozenSet<string> WithoutAddress = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase, "X-Forwarded-Proto", "X-Forwarded-Host", "X-Forwarded-Port", "X-Forwarded-Prefix", "X-Forwarded-Server");

    private static readonly FrozenSet<string> AddressWords = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase, "for", "ipv4", "ipv6", "addr", "address", "peer", "client", "remote");

    public void Write(DataWriter data, HttpContext context, IHeaderDictionary headers, CaptureFailures failures)
    {
        var room = TextLimits.Long;
        var count = 0;
        var isWhole = true;
        data.Name("headers"u8).BeginObject();
        foreach (var (name, values) in headers)
        {
            var isShown = _shown.Contains(name) && (addresses.IsFull || !NamesAddress(name));
            var value = isShown ? Redact(context, name, values, failures) : RedactionSpans.Replacement;
            room -= name.Length + value.Length;
            isWhole = ++count <= MaxHeaders && room >= 0;
            if (!isWhole) break;
            data.Name(name).Value(value);
        }

        data.EndObject();
        if (!isWhole) data.Name("headersTruncated"u8).Value(true);
    }

    /// <summary>As a message, as the User-Agent is in its own field, and as a url, since a parameter may stand in any value. Cut once it is redacted.</summary>
    private string Redact(HttpContext context, string name, StringValues values, CaptureFailures failures)
    {
        var value = values.Count == 1 ? OfOne(name, values[0] ?? "") : string.Join(", ", values.Select(one => OfOne(name, one ?? "")));
        if (HoldUrls.Contains(name)) value = urls.OfHeader(context, name, value, failures);
        return TextLimits.Truncate(addresses.Hide(value, context.Connection.RemoteIpAddress), TextLimits.Short);
    }

    private string OfOne(string name, string value)
    {
        if (name.Equals(HeaderNames.UserAgent, StringComparison.OrdinalIgnoreCase)) return messages.RedactUserAgent(value, TextLimits.Short);
        return fields.RedactUrl(messages.Redact(value, TextLimits.Long));
    }

    /// <summary>Whether a header is one of the many by which proxies hand on a client's address, such as CF-Connecting-IP and X-Real-IP.</summary>
    private static bool NamesAddress(string name)
    {
        if (WithoutAddress.Contains(name)) return false;
        if (name.EndsWith("ip", StringComparison.OrdinalIgnoreCase) || name.Contains("forwarded", StringComparison.OrdinalIgnoreCase)) return true;
        foreach (var word in name.Split('-', '_'))
        {
            if (AddressWords.Contains(word) || word.EndsWith("ip", StringComparison.OrdinalIgnoreCase)) return true;
        }

        return false;
    }
}
