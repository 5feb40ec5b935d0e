using System.Text;
using HoodyLogs.AspNetCore.Capture.Redaction.Names;
using HoodyLogs.AspNetCore.Capture.Redaction.Text;

namespace HoodyLogs.AspNetCore.Capture.Redaction.Finders;

/// <summary>
/// Replaces the values of sensitive properties in JSON that is part of a text or does not parse: <c>"name":"value"</c>. Also reads JSON that is escaped
/// in a string: <c>\"name\":1</c>, <c>\u0022name\u0022:1</c>. Cannot find the end of an escaped object or array, so redacts the rest of the text.
/// </summary>
internal sealed class EmbeddedJsonRedactor(SensitiveNames names)
{
    /// <summary>Returns whether a text has a sensitive property.</summary>
    public bool HasMatch(ReadOnlySpan<char> text)
    {
        int? endOfString = null;
        return TryFind(text, 0, ref endOfString, out _, out _);
    }

    /// <summary>Redacts a text. Returns the same instance if there is no sensitive property.</summary>
    /// <param name="text">The text.</param>
    /// <param name="withinStrings">Whether to redact only JSON that is escaped in strings.</param>
    public string Redact(string text, bool withinStrings = false)
    {
        StringBuilder? redacted = null;
        var copied = 0;
        int? endOfString = withinStrings ? 0 : null;
        while (TryFind(text, copied, ref endOfString, out var start, out var end))
        {
            redacted ??= new StringBuilder(text.Length);
            redacted.Append(text, copied, start - copied).Append(RedactionSpans.Replacement);
            copied = end;
        }

        return redacted is null ? text : redacted.Append(text, copied, text.Length - copied).ToString();
    }

    /// <summary>Finds the values of sensitive properties.</summary>
    public void Find(ReadOnlySpan<char> text, ref RedactionSpans found)
    {
        int? endOfString = null;
        for (var at = 0; TryFind(text, at, ref endOfString, out var start, out var end); at = end) found.AddEvenIfEmpty(start, end);
    }

    /// <summary>Finds the next value.</summary>
    /// <param name="text">The text.</param>
    /// <param name="from">The position to start at.</param>
    /// <param name="endOfString">The end of the last string that was searched; null to search all text rather than strings.</param>
    /// <param name="start">The start of the value.</param>
    /// <param name="end">The end of the value.</param>
    private bool TryFind(ReadOnlySpan<char> text, int from, ref int? endOfString, out int start, out int end)
    {
        var colon = from - 1;
        while (true)
        {
            var next = text[(colon + 1)..].IndexOf(':');
            if (next < 0) break;
            colon += 1 + next;
            if (!names.Contains(NameAtEnd(text[from..colon].TrimEnd(), mustBeEscaped: endOfString is not null))) continue;
            start = colon + 1;
            while (start < text.Length && char.IsWhiteSpace(text[start])) start++;
            if (endOfString <= start) endOfString = EndOfString(text, start);
            end = JsonValueBoundary.EndOfValue(text[..(endOfString ?? text.Length)], start);
            return true;
        }

        (start, end) = (0, 0);
        return false;
    }

    private static int EndOfString(ReadOnlySpan<char> text, int start)
    {
        for (var at = start; at < text.Length; at++)
        {
            if (text[at] == '\\') at++;
            else if (text[at] == '"') return at;
        }

        return text.Length;
    }

    /// <summary>Returns the quoted name at the end of a text, or an empty name.</summary>
    private static ReadOnlySpan<char> NameAtEnd(ReadOnlySpan<char> text, bool mustBeEscaped)
    {
        if (text is [.., '"'])
        {
            var name = text[..^1].TrimEnd('\\');
            var isWithinString = (text.Length - 1 - name.Length) % 2 == 1;
            return mustBeEscaped && !isWithinString ? default : name[(name.LastIndexOf('"') + 1)..];
        }

        if (!text.EndsWith(JsonValueBoundary.EscapedQuote, StringComparison.Ordinal)) return default;
        text = text[..^JsonValueBoundary.EscapedQuote.Length].TrimEnd('\\');
        var quote = text.LastIndexOf(JsonValueBoundary.EscapedQuote);
        return quote < 0 ? default : text[(quote + JsonValueBoundary.EscapedQuote.Length)..];
    }
}
