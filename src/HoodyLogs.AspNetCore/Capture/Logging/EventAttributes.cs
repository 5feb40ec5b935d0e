using System.Collections;
using System.Globalization;
using System.Text;
using HoodyLogs.AspNetCore.Capture.Redaction;

namespace HoodyLogs.AspNetCore.Capture.Logging;

/// <summary>The named values of a log record: what its template is filled with.</summary>
internal sealed class EventAttributes(IEnumerable<KeyValuePair<string, object?>> values, CaptureRules rules)
{
    private const int MaxCount = 32;

    /// <summary>The name under which ASP.NET's logging hands over the template itself.</summary>
    private const string Template = "{OriginalFormat}";

    private bool _isCut;

    /// <summary>The message as it was made, or its template where a secret value is among the others: nobody can tell where in the message that stands.</summary>
    public string Message(string made)
    {
        var template = FieldRedactor.Redacted;
        var hasSecret = false;
        foreach (var (name, value) in values)
        {
            if (name == Template) template = value as string ?? template;
            else hasSecret |= IsSecret(name);
        }

        return hasSecret ? template : made;
    }

    public void Write(DataWriter data)
    {
        var written = new HashSet<string>();
        var limit = data.Written.Length + Bounded.Long;
        foreach (var (name, value) in values)
        {
            var shown = Bounded.Text(NameOf(name), Bounded.Short);
            if (name == Template || written.Contains(shown)) continue;
            if (written.Count == MaxCount || data.Written.Length > limit)
            {
                _isCut = true;
                break;
            }

            if (written.Count == 0) data.Name("attributes"u8).BeginObject();
            written.Add(shown);
            Write(data.Name(shown), IsSecret(name) ? FieldRedactor.Redacted : value);
        }

        if (written.Count > 0) data.EndObject();
        if (_isCut) data.Name("attributesTruncated"u8).Value(true);
    }

    private void Write(DataWriter data, object? value)
    {
        switch (value)
        {
            case null:
                data.Literal("null");
                break;
            case bool flag:
                data.Value(flag);
                break;
            case sbyte or byte or short or ushort or int or uint or long or ulong or decimal:
            case float and not (float.NaN or float.PositiveInfinity or float.NegativeInfinity):
            case double and not (double.NaN or double.PositiveInfinity or double.NegativeInfinity):
                data.Literal(TextOf(value));
                break;
            default:
                var text = value is IEnumerable items and not string ? Joined(items) : TextOf(value);
                _isCut |= text.Length > Bounded.Short;
                data.Value(rules.Fields.Message(text, Bounded.Short));
                break;
        }
    }

    private bool IsSecret(string name) => rules.Secrets.ContainsField(NameOf(name));

    /// <summary>Without the sign that some loggers take for "as an object" or "as text".</summary>
    private static string NameOf(string name) => name.TrimStart('@', '$');

    private static string TextOf(object? value) =>
        (value is DateTime or DateTimeOffset ? ((IFormattable)value).ToString("O", CultureInfo.InvariantCulture) : Convert.ToString(value, CultureInfo.InvariantCulture)) ?? "";

    private static string Joined(IEnumerable items)
    {
        var text = new StringBuilder();
        foreach (var item in items)
        {
            if (text.Length > 0) text.Append(", ");
            text.Append(TextOf(item));
            if (text.Length > Bounded.Short) break;
        }

        return text.ToString();
    }
}
