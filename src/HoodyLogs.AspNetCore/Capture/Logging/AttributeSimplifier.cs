using System.Collections;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json.Nodes;
using HoodyLogs.AspNetCore.Capture.Redaction.Names;
using HoodyLogs.AspNetCore.Capture.Redaction.Text;

namespace HoodyLogs.AspNetCore.Capture.Logging;

/// <summary>Converts the values of one log record to values that JSON has, or to text. Collects the exceptions among them.</summary>
/// <param name="names">The sensitive names. The values of key-value pairs with such a key are redacted.</param>
/// <param name="exceptions">Receives the exceptions among the values.</param>
internal sealed class AttributeSimplifier(SensitiveNames names, ExceptionTexts exceptions)
{
    private const int MaxItems = 100;

    /// <summary>Whether a key-value pair among the values was redacted.</summary>
    public bool HasRedacted { get; private set; }

    /// <summary>Returns null, booleans, finite numbers and strings as they are, and the text of any other value.</summary>
    public object? Simplify(object? value) => value switch
    {
        null or bool or string or sbyte or byte or short or ushort or int or uint or long or ulong or decimal => value,
        float number when float.IsFinite(number) => value,
        double number when double.IsFinite(number) => value,
        JsonNode json => json.ToJsonString(),
        IQueryable => value.ToString(), // enumerating it would query a database
        IEnumerable items => Join(items),
        _ => FormatItem(value),
    };

    private string Join(IEnumerable items)
    {
        var text = new StringBuilder();
        var count = 0;
        foreach (var item in items)
        {
            if (count++ > 0) text.Append(", ");
            text.Append(FormatItem(item));
            if (count == MaxItems || text.Length > TextLimits.Short) break;
        }

        return text.ToString();
    }

    private string FormatItem(object? item)
    {
        AddExceptions(item);
        var text = AttributeText.Format(item);
        if (item?.GetType() is not { IsGenericType: true } type || type.GetGenericTypeDefinition() != typeof(KeyValuePair<,>)) return text;

        // KeyValuePair.ToString() returns "[key, value]", whatever the types are.
        var comma = text.IndexOf(", ", StringComparison.Ordinal);
        if (!names.ContainsField(text.AsSpan(1, comma - 1))) return text;
        HasRedacted = true;
        return $"{text.AsSpan(0, comma)}, {RedactionSpans.Replacement}]";
    }

    private void AddExceptions(object? item)
    {
        switch (item)
        {
            case Exception exception:
                exceptions.Add(exception);
                break;
            case DictionaryEntry entry:
                exceptions.Add(entry.Value as Exception);
                break;
            case Task { Exception: { } failure }:
                exceptions.Add(failure);
                break;
            case ITuple tuple:
                for (var i = 0; i < tuple.Length; i++) exceptions.Add(tuple[i] as Exception);
                break;
            case IEnumerable<KeyValuePair<string, Exception>> named:
                foreach (var (_, failure) in named) exceptions.Add(failure);
                break;
            case KeyValuePair<string, Exception> pair:
                exceptions.Add(pair.Value);
                break;
            case KeyValuePair<string, object?> pair:
                exceptions.Add(pair.Value as Exception ?? pair.Key as object as Exception);
                break;
        }
    }
}
