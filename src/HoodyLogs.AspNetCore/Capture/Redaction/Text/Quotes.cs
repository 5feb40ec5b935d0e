namespace HoodyLogs.AspNetCore.Capture.Redaction.Text;

/// <summary>Opening and closing quotes, as text, markup, urls and escaped strings write them.</summary>
internal static class Quotes
{
    private const int MaxBackslashes = 64;

    private static readonly string[] Escaped = ["u0022", "u0027", "u0060"]; // behind a backslash, as System.Text.Json writes them
    private static readonly string[] Encoded = ["&quot;", "&apos;", "&#34;", "&#39;", "&#x22;", "&#x27;", "%22", "%27"];

    /// <summary>
    /// The length of an opening quote at the start of a text, backslashes before it included; 0 where there is none. Two or three equal quotes are one
    /// opener where a value follows them: <c>""x""</c> in CSV, <c>"""x"""</c> in GraphQL.
    /// </summary>
    public static int LengthAtStart(ReadOnlySpan<char> text)
    {
        var one = LengthOfSingle(text);
        if (one == 0 || text.Length <= 2 * one) return one;
        var quote = text[..one];
        if (!text[one..].StartsWith(quote, StringComparison.Ordinal)) return one;
        var isTriple = text[(2 * one)..].StartsWith(quote, StringComparison.Ordinal);
        if (!isTriple) return StartsWithValue(text[(2 * one)..]) ? 2 * one : one;
        var isEmpty = text[(3 * one)..].StartsWith(quote, StringComparison.Ordinal); // twice two quotes
        return isEmpty || text.Length == 3 * one ? 2 * one : 3 * one;
    }

    /// <summary>Whether what stands behind two quotes is a value rather than the end of an empty one.</summary>
    private static bool StartsWithValue(ReadOnlySpan<char> text)
    {
        if (char.IsWhiteSpace(text[0]) || text[0] is ',' or ';' or ')' or ']' or '}' or '<' or '>' or '&' or '|' or '"' or '\'' or '`' or '\\') return false;
        var isPunctuation = text[0] is '.' or ':' or '!' or '?' or '/';
        return !isPunctuation || (text.Length > 1 && !char.IsWhiteSpace(text[1]) && text[1] != '>');
    }

    private static int LengthOfSingle(ReadOnlySpan<char> text)
    {
        if (text.IsEmpty) return 0;
        switch (text[0])
        {
            case '"' or '\'' or '`' or '\u201c' or '\u201d' or '\u201e' or '\u2018' or '\u2019' or '\u00ab' or '\u00bb':
                return 1;
            case '&' or '%':
                foreach (var quote in Encoded)
                {
                    if (text.StartsWith(quote, StringComparison.OrdinalIgnoreCase)) return quote.Length;
                }

                return 0;
            case '\\':
                var first = text[..Math.Min(text.Length, MaxBackslashes)].IndexOfAnyExcept('\\');
                if (first < 0) return 0;
                if (text[first] is '"' or '\'' or '`') return first + 1;
                foreach (var quote in Escaped)
                {
                    if (text[first..].StartsWith(quote, StringComparison.OrdinalIgnoreCase)) return first + quote.Length;
                }

                return 0;
            default:
                return 0;
        }
    }

    /// <summary>The length of a quote at the end of a text, without backslashes before it; 0 where there is none.</summary>
    public static int LengthAtEnd(ReadOnlySpan<char> text)
    {
        if (text.IsEmpty) return 0;
        switch (text[^1])
        {
            case '"' or '\'' or '`' or '\u201c' or '\u201d' or '\u2018' or '\u2019' or '\u00ab' or '\u00bb':
                return 1;
            case ';' or '2' or '7' or '0':
                foreach (var quote in Encoded)
                {
                    if (text.EndsWith(quote, StringComparison.OrdinalIgnoreCase)) return quote.Length;
                }

                foreach (var quote in Escaped)
                {
                    if (text.Length > quote.Length && text[^(quote.Length + 1)] == '\\' && text.EndsWith(quote, StringComparison.OrdinalIgnoreCase)) return quote.Length;
                }

                return 0;
            default:
                return 0;
        }
    }

    /// <summary>Where a quoted value ends, behind its closing quote; the end of the text where it is not closed.</summary>
    public static int EndOf(ReadOnlySpan<char> text, int start, int opener)
    {
        var closer = text.Slice(start, opener);
        var single = opener == 1 ? CloserOf(closer[0]) : '\0';
        for (var at = start + opener; ;)
        {
            var found = single != '\0' ? text[at..].IndexOf(single) : text[at..].IndexOf(closer, StringComparison.OrdinalIgnoreCase);
            if (found < 0) return text.Length;
            var isEscaped = found > 0 ? text[at + found - 1] == '\\' : text[at - 1] == '\\';
            at += found + opener;
            if (!isEscaped || IsPrecededByEvenBackslashes(text, at - opener)) return at;
        }
    }

    /// <summary>An even run of backslashes escapes itself, not the quote behind it. A run that the opener itself has is longer than that.</summary>
    private static bool IsPrecededByEvenBackslashes(ReadOnlySpan<char> text, int quote)
    {
        if (text[quote] == '\\') return false; // the closer is escaped itself: one more backslash before it belongs to a deeper string
        var run = 0;
        while (run < MaxBackslashes && run < quote && text[quote - 1 - run] == '\\') run++;
        return run % 2 == 0;
    }

    private static char CloserOf(char opener) => opener switch
    {
        '\u201c' => '\u201d',
        '\u201e' => '\u201c',
        '\u2018' => '\u2019',
        '\u00ab' => '\u00bb',
        '\u00bb' => '\u00ab',
        _ => opener,
    };
}
