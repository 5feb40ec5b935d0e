using System.Collections;
using System.Globalization;

namespace HoodyLogs.AspNetCore.Capture.Logging;

/// <summary>Parses the placeholders of a message template, and finds their values in the formatted message.</summary>
internal static class MessageTemplate
{
    private const int MaxPlaceholders = 64;
    private const int MaxItems = 100;

    /// <summary>A placeholder of a template.</summary>
    /// <param name="Name">Its name.</param>
    /// <param name="Format">Its alignment and format, with the comma or colon before them.</param>
    /// <param name="Start">Its start in the template.</param>
    /// <param name="End">Its end in the template.</param>
    internal readonly record struct Placeholder(string Name, string Format, int Start, int End);

    /// <summary>Returns the placeholders in order. Two braces are an escaped brace.</summary>
    public static List<Placeholder> ParsePlaceholders(string template)
    {
        var placeholders = new List<Placeholder>();
        for (var at = 0; at < template.Length && placeholders.Count < MaxPlaceholders; at++)
        {
            var next = template.AsSpan(at).IndexOfAny('{', '}');
            if (next < 0) break;
            at += next;
            if (template[at] == '}') continue;
            if (at + 1 < template.Length && template[at + 1] == '{')
            {
                at++;
                continue;
            }

            var close = template.AsSpan(at).IndexOf('}');
            if (close < 0) break;
            var inner = template.AsSpan(at + 1, close - 1);
            var format = inner.IndexOfAny(',', ':');
            var name = format < 0 ? inner : inner[..format];
            placeholders.Add(new Placeholder(name.TrimStart("@$").ToString(), format < 0 ? "" : inner[format..].ToString(), at, at + close + 1));
            at += close;
        }

        return placeholders;
    }

    /// <summary>Returns the position of each value in a message, or null if the format of the message is unknown.</summary>
    /// <param name="template">The template.</param>
    /// <param name="placeholders">The placeholders of the template.</param>
    /// <param name="values">The values in order.</param>
    /// <param name="message">The message.</param>
    public static List<(int Start, int End)>? Align(
        string template, List<Placeholder> placeholders, IReadOnlyList<KeyValuePair<string, object?>> values, string message)
    {
        var positions = new List<(int Start, int End)>(placeholders.Count);
        var (at, copied) = (0, 0);
        for (var i = 0; i < placeholders.Count; i++)
        {
            if (!SkipLiteral(template.AsSpan(copied, placeholders[i].Start - copied), message, ref at)) return null;
            copied = placeholders[i].End;
            if (!TryGetValue(placeholders[i], i, values, out var value)) return null;
            var end = EndOf(message, at, value, placeholders[i].Format);
            if (end < 0) return null;
            positions.Add((at, end));
            at = end;
        }

        return SkipLiteral(template.AsSpan(copied), message, ref at) && at == message.Length ? positions : null;
    }

    /// <summary>Gets the value of a placeholder by its name. ASP.NET Core passes the values in the order of the placeholders.</summary>
    public static bool TryGetValue(Placeholder placeholder, int index, IReadOnlyList<KeyValuePair<string, object?>> values, out object? value)
    {
        value = null;
        if (index < values.Count && NameOf(values[index]) == placeholder.Name)
        {
            value = values[index].Value;
            return true;
        }

        foreach (var pair in values)
        {
            if (NameOf(pair) != placeholder.Name) continue;
            value = pair.Value;
            return true;
        }

        return false;
    }

    private static string NameOf(KeyValuePair<string, object?> pair) => (pair.Key ?? "").TrimStart('@', '$');

    private static bool SkipLiteral(ReadOnlySpan<char> literal, string message, ref int at)
    {
        var text = literal.ToString().Replace("{{", "{", StringComparison.Ordinal).Replace("}}", "}", StringComparison.Ordinal);
        if (string.CompareOrdinal(message, at, text, 0, text.Length) != 0) return false;
        at += text.Length;
        return true;
    }

    /// <summary>Returns the end of a value in the format of ASP.NET Core or Serilog, or -1 for another format.</summary>
    private static int EndOf(string message, int at, object? value, string format)
    {
        var best = -1;
        foreach (var text in Renderings(value, format))
        {
            if (string.CompareOrdinal(message, at, text, 0, text.Length) == 0) best = Math.Max(best, at + text.Length);
        }

        return best;
    }

    /// <summary>Returns the formats in which a message may contain a value.</summary>
    private static IEnumerable<string> Renderings(object? value, string format)
    {
        if (value is null)
        {
            yield return string.Format(CultureInfo.InvariantCulture, "{0" + format + "}", "(null)");
            yield return "null";
            yield break;
        }

        var argument = value is IEnumerable items and not string ? Join(items, ", ", static text => text) : value;
        if (argument is null) yield break;
        yield return string.Format(CultureInfo.InvariantCulture, "{0" + format + "}", argument);
        var plain = Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
        yield return plain;
        yield return Quoted(plain);
        if (value is IEnumerable list and not string) yield return $"[{Join(list, ", ", Quoted)}]";
    }

    private static string Quoted(string text) => $"\"{text.Replace("\"", "\\\"", StringComparison.Ordinal)}\"";

    /// <summary>Joins the items of a value. Returns null for too many items, and for a query, because enumerating it would query a database.</summary>
    private static string? Join(IEnumerable items, string separator, Func<string, string> write)
    {
        if (items is IQueryable) return null;
        var texts = new List<string>();
        foreach (var item in items)
        {
            if (texts.Count == MaxItems) return null;
            texts.Add(item is string text ? write(text) : Convert.ToString(item, CultureInfo.InvariantCulture) ?? "(null)");
        }

        return string.Join(separator, texts);
    }
}
