using System.Collections.Frozen;
using HoodyLogs.AspNetCore.Capture.Redaction;
using Microsoft.AspNetCore.Http;

namespace HoodyLogs.AspNetCore.Capture;

/// <summary>Headers as <c>data</c> shows them: values of the allow-list, <c>[redacted]</c> for all others.</summary>
internal sealed class HeaderCapture(CaptureOptions options, FieldRedactor fields)
{
    private const int MaxHeaders = 100;

    private readonly FrozenSet<string> _shown = options.AllowHeaders
        .Except(options.RedactHeaders, StringComparer.OrdinalIgnoreCase).ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    public void Write(DataWriter data, IHeaderDictionary headers)
    {
        var room = Bounded.Long;
        var count = 0;
        var isWhole = true;
        data.Name("headers"u8).BeginObject();
        foreach (var (name, values) in headers)
        {
            // A url may stand in a header, as in Referer and Location.
            var value = _shown.Contains(name) ? Bounded.Text(fields.Url(values.ToString()), Bounded.Short) : FieldRedactor.Redacted;
            room -= name.Length + value.Length;
            isWhole = ++count <= MaxHeaders && room >= 0;
            if (!isWhole) break;
            data.Name(name).Value(value);
        }

        data.EndObject();
        if (!isWhole) data.Name("headersTruncated"u8).Value(true);
    }
}
