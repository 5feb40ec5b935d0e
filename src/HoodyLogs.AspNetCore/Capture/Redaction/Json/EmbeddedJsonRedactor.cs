using System.Buffers;
using System.Text;
using HoodyLogs.AspNetCore.Capture.Redaction.Names;
using HoodyLogs.AspNetCore.Capture.Redaction.Text;
using HoodyLogs.AspNetCore.Capture.Redaction.Urls;

namespace HoodyLogs.AspNetCore.Capture.Redaction.Json;

/// <summary>
/// Replaces the values of secret properties in JSON that is only part of a text, or none that parses: <c>"name":"value"</c>, also where it is
/// escaped within a string: <c>\"name\":1</c>, <c>\u0022name\u0022:1</c>. Of an escaped object or array it cannot tell the end: all that follows goes.
/// </summary>
internal sealed class EmbeddedJsonRedactor(SensitiveNames names)
{
    private const string EscapedQuote = "u0022"; // behind a backslash, as System.Text.Json writes it

    private const int MaxBackslashes = 64; // of JSON within JSON, six times

    private static readonly SearchValues<char> ValueEnds = SearchValues.Create(",}] \t\r\n");

    public bool HasMatch(ReadOnlySpan<char> text)
    {
        int? endOfString = null;
        return TryFind(text, 0, ref endOfString, out _, out _);
    }

    /// <summary>The same instance where there is none.</summary>
    /// <param name="text">The text.</param>
    /// <param name="withinStrings">Whether it is JSON itself, whose own properties are redacted elsewhere, so that only what its strings quote is looked for.</param>
    public string Redact(string text, bool withinStrings = false)
    {
        StringBuilder? redacted = null;
        var copied = 0;
        int? endOfString = withinStrings ? 0 : null;
        while (TryFind(text, copied, ref endOfString, out var start, out var end))
        {
            redacted ??= new StringBuilder(text.Length);
            redacted.Append(text, copied, start - copied).Append(FieldRedactor.Redacted);
            copied = end;
        }

        return redacted is null ? text : redacted.Append(text, copied, text.Length - copied).ToString();
    }

    /// <summary>Reports the values.</summary>
    public void Find(ReadOnlySpan<char> text, ref RedactionSpans found)
    {
        int? endOfString = null;
        for (var at = 0; TryFind(text, at, ref endOfString, out var start, out var end); at = end) found.AddEvenIfEmpty(start, end);
    }

    /// <summary>Where a value ends that begins with a quote of whatever kind, a bracket, or neither.</summary>
    public static int EndOfValue(ReadOnlySpan<char> text, int start)
    {
        var value = text[start..];
        var first = value.IndexOfAnyExcept('\\');
        if (first is < 0 or > MaxBackslashes) return text.Length;
        if (value[first] is '{' or '[') return first > 0 ? text.Length : start + ContainerLength(value);
        var opener = value[..(first + QuoteLength(value[first..], isEscaped: first > 0))];
        if (opener.Length == first)
        {
            var end = value.IndexOfAny(ValueEnds);
            return end < 0 ? text.Length : start + end;
        }

        // It ends with what it begins with, unless one more backslash stands before that.
        for (var at = opener.Length; ;)
        {
            var found = value[at..].IndexOf(opener);
            if (found < 0) return text.Length;
            at += found + opener.Length;
            if (value[at - opener.Length - 1] != '\\') return start + at;
        }
    }

    /// <param name="text">The text.</param>
    /// <param name="from">Where to begin.</param>
    /// <param name="endOfString">Where the string ends that was looked through last; null where any text is looked through, not strings alone.</param>
    /// <param name="start">Where the value begins.</param>
    /// <param name="end">Where it ends.</param>
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
            end = EndOfValue(text[..(endOfString ?? text.Length)], start);
            return true;
        }

        (start, end) = (0, 0);
        return false;
    }

    /// <summary>All there is, where strings cannot be told from what surrounds them: then a bracket may be part of the secret.</summary>
    private static int ContainerLength(ReadOnlySpan<char> value)
    {
        const char None = '\0';
        var (depth, quote) = (0, None);
        for (var at = 0; at < value.Length; at++)
        {
            switch (value[at])
            {
                case '\\' when quote == None:
                    return value.Length;
                case '\\':
                    at++;
                    break;
                case '"' or '\'' or '`' when quote == None || quote == value[at]:
                    quote = quote == None ? value[at] : None;
                    break;
                case '{' or '[' when quote == None:
                    depth++;
                    break;
                case '}' or ']' when quote == None:
                    if (--depth == 0) return at + 1;
                    break;
            }
        }

        return value.Length;
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

    private static ReadOnlySpan<char> NameAtEnd(ReadOnlySpan<char> text, bool mustBeEscaped)
    {
        if (text is [.., '"'])
        {
            var name = text[..^1].TrimEnd('\\');
            var isWithinString = (text.Length - 1 - name.Length) % 2 == 1;
            return mustBeEscaped && !isWithinString ? default : name[(name.LastIndexOf('"') + 1)..];
        }

        if (!text.EndsWith(EscapedQuote, StringComparison.Ordinal)) return default;
        text = text[..^EscapedQuote.Length].TrimEnd('\\');
        var quote = text.LastIndexOf(EscapedQuote);
        return quote < 0 ? default : text[(quote + EscapedQuote.Length)..];
    }

    private static int QuoteLength(ReadOnlySpan<char> text, bool isEscaped)
    {
        if (text[0] is '"' or '\'' or '`') return 1;
        return isEscaped && text.StartsWith(EscapedQuote, StringComparison.Ordinal) ? EscapedQuote.Length : 0;
    }
}
