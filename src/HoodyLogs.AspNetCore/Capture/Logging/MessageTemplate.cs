using System.Collections;
using System.Globalization;

namespace HoodyLogs.AspNetCore.Capture.Logging;

/// <summary>The holes of a message template, and where their values stand in the message that was made of it.</summary>
internal static class MessageTemplate
{
    private const int MaxHoles = 64;
    private const int MaxItems = 100;

    /// <summary>A hole: its name, its format behind the name, and where it stands.</summary>
    internal readonly record struct Hole(string Name, string Format, int Start, int End);

    /// <summary>The holes in order. Two braces stand for one.</summary>
    public static List<Hole> ParseHoles(string template)
    {
        var holes = new List<Hole>();
        for (var at = 0; at < template.Length && holes.Count < MaxHoles; at++)
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
            holes.Add(new Hole(name.TrimStart("@$").ToString(), format < 0 ? "" : inner[format..].ToString(), at, at + close + 1));
            at += close;
        }

        return holes;
    }

    /// <summary>Where the value of each hole stands in a message; null where the message was not made of these in a way that is known.</summary>
    /// <param name="template">The template.</param>
    /// <param name="holes">Its holes.</param>
    /// <param name="values">The values in order, as they were given.</param>
    /// <param name="message">The message.</param>
    public static List<(int Start, int End)>? Align(
        string template, List<Hole> holes, IReadOnlyList<KeyValuePair<string, object?>> values, string message)
    {
        var places = new List<(int Start, int End)>(holes.Count);
        var (at, copied) = (0, 0);
        for (var i = 0; i < holes.Count; i++)
        {
            if (!SkipLiteral(template.AsSpan(copied, holes[i].Start - copied), message, ref at)) return null;
            copied = holes[i].End;
            if (!TryGetValue(holes[i], i, values, out var value)) return null;
            var end = EndOf(message, at, value, holes[i].Format);
            if (end < 0) return null;
            places.Add((at, end));
            at = end;
        }

        return SkipLiteral(template.AsSpan(copied), message, ref at) && at == message.Length ? places : null;
    }

    /// <summary>The value of a hole: that of its name, which ASP.NET's logging gives in the order of the holes.</summary>
    public static bool TryGetValue(Hole hole, int index, IReadOnlyList<KeyValuePair<string, object?>> values, out object? value)
    {
        value = null;
        if (index < values.Count && NameOf(values[index]) == hole.Name)
        {
            value = values[index].Value;
            return true;
        }

        foreach (var pair in values)
        {
            if (NameOf(pair) != hole.Name) continue;
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

    /// <summary>Behind a value as ASP.NET's logging or Serilog writes it; -1 where it is written in another way.</summary>
    private static int EndOf(string message, int at, object? value, string format)
    {
        var best = -1;
        foreach (var text in Renderings(value, format))
        {
            if (string.CompareOrdinal(message, at, text, 0, text.Length) == 0) best = Math.Max(best, at + text.Length);
        }

        return best;
    }

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

    /// <summary>Null where there are too many items to write, or where a database would be asked for them.</summary>
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
