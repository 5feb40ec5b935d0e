using System.Buffers;

namespace HoodyLogs.AspNetCore.Capture.Redaction.Text;

/// <summary>Finds where a JSON value ends that is part of a text.</summary>
internal static class JsonValueBoundary
{
    public const string EscapedQuote = "u0022"; // behind a backslash, as System.Text.Json writes it

    private const int MaxBackslashes = 64; // of JSON within JSON, six times

    private static readonly SearchValues<char> ValueEnds = SearchValues.Create(",}] \t\r\n");

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

    private static int QuoteLength(ReadOnlySpan<char> text, bool isEscaped)
    {
        if (text[0] is '"' or '\'' or '`') return 1;
        return isEscaped && text.StartsWith(EscapedQuote, StringComparison.Ordinal) ? EscapedQuote.Length : 0;
    }
}
