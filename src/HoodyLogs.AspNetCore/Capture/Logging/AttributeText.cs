using System.Collections;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json.Nodes;
using HoodyLogs.AspNetCore.Capture.Policies;
using HoodyLogs.AspNetCore.Capture.Redaction.Names;
using HoodyLogs.AspNetCore.Capture.Redaction.Urls;

namespace HoodyLogs.AspNetCore.Capture.Logging;

/// <summary>The values of log records, as far as possible as JSON has them, else as text.</summary>
internal static class AttributeText
{
    private const int MaxItems = 100;

    /// <summary>Null, booleans, finite numbers and strings stay; all else becomes text.</summary>
    /// <param name="value">The value.</param>
    /// <param name="names">Which keys of pairs are secret.</param>
    /// <param name="exceptions">Takes the exceptions among them.</param>
    /// <param name="hasSecret">Becomes true where there was one.</param>
    public static object? Simplify(object? value, SensitiveNames names, ExceptionTexts exceptions, ref bool hasSecret) => value switch
    {
        null or bool or string or sbyte or byte or short or ushort or int or uint or long or ulong or decimal => value,
        float number when float.IsFinite(number) => value,
        double number when double.IsFinite(number) => value,
        JsonNode json => json.ToJsonString(),
        IQueryable => value.ToString(), // which to walk through would ask a database
        IEnumerable items => Join(items, names, exceptions, ref hasSecret),
        _ => OfItem(value, names, exceptions, ref hasSecret),
    };

    public static string Format(object? value) => value switch
    {
        DateTime or DateTimeOffset or DateOnly or TimeOnly => ((IFormattable)value).ToString("O", CultureInfo.InvariantCulture),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
    };

    private static string Join(IEnumerable items, SensitiveNames names, ExceptionTexts exceptions, ref bool hasSecret)
    {
        var text = new StringBuilder();
        var count = 0;
        foreach (var item in items)
        {
            if (count++ > 0) text.Append(", ");
            text.Append(OfItem(item, names, exceptions, ref hasSecret));
            if (count == MaxItems || text.Length > TextLimits.Short) break;
        }

        return text.ToString();
    }

    private static void AddExceptions(object? item, ExceptionTexts exceptions)
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

    private static string OfItem(object? item, SensitiveNames names, ExceptionTexts exceptions, ref bool hasSecret)
    {
        AddExceptions(item, exceptions);
        var text = Format(item);
        if (item?.GetType() is not { IsGenericType: true } type || type.GetGenericTypeDefinition() != typeof(KeyValuePair<,>)) return text;

        // Pairs of any types write themselves like this: [name, value].
        var comma = text.IndexOf(", ", StringComparison.Ordinal);
        if (!names.ContainsField(text.AsSpan(1, comma - 1))) return text;
        hasSecret = true;
        return $"{text.AsSpan(0, comma)}, {FieldRedactor.Redacted}]";
    }
}
