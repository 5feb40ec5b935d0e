using System.Buffers;

namespace HoodyLogs.AspNetCore.Capture.Redaction.Text;

/// <summary>Finds the end of a JSON value in a text.</summary>
internal static class JsonValueBoundary
{
    /// <summary>The escape of a quote without its backslash, as System.Text.Json writes it.</summary>
    public const string EscapedQuote = "u0022";

    private const int MaxBackslashes = 64; // JSON in JSON, six levels deep

    private static readonly SearchValues<char> ValueEnds = SearchValues.Create(",}] \t\r\n");

    /// <summary>Returns the end of a value that begins with a quote of any kind, with a bracket, or with neither.</summary>
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

        // The closing quote equals the opening quote and has no additional backslash.
        for (var at = opener.Length; ;)
        {
            var found = value[at..].IndexOf(opener);
            if (found < 0) return text.Length;
            at += found + opener.Length;
            if (value[at - opener.Length - 1] != '\\') return start + at;
        }
    }

    /// <summary>Returns the length of an object or array. Returns the whole length if it cannot tell strings from brackets.</summary>
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

    private static int QuoteLength(ReadOnlySpan<char> text, bool isEscaped)
    {
        if (text[0] is '"' or '\'' or '`') return 1;
        return isEscaped && text.StartsWith(EscapedQuote, StringComparison.Ordinal) ? EscapedQuote.Length : 0;
    }
}
