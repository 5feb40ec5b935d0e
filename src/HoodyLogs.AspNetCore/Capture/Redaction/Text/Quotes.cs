namespace HoodyLogs.AspNetCore.Capture.Redaction.Text;

/// <summary>Finds opening and closing quotes in the forms that text, markup, urls and escaped strings use.</summary>
internal static class Quotes
{
    private const int MaxBackslashes = 64;

    private static readonly string[] Escaped = ["u0022", "u0027", "u0060"]; // after a backslash, as System.Text.Json writes them
    private static readonly string[] Encoded = ["&quot;", "&apos;", "&#34;", "&#39;", "&#x22;", "&#x27;", "%22", "%27"];

    /// <summary>
    /// Returns the length of an opening quote at the start of a text, including backslashes before it, or 0 if there is none. Two or three equal quotes
    /// before a value are one opening quote: <c>""x""</c> in CSV, <c>"""x"""</c> in GraphQL.
    /// </summary>
    public static int LengthAtStart(ReadOnlySpan<char> text)
    {
        var one = LengthOfSingle(text);
        if (one == 0 || text.Length <= 2 * one) return one;
        var quote = text[..one];
        if (!text[one..].StartsWith(quote, StringComparison.Ordinal)) return one;
        var isTriple = text[(2 * one)..].StartsWith(quote, StringComparison.Ordinal);
        if (!isTriple) return StartsWithValue(text[(2 * one)..]) ? 2 * one : one;
        var isEmpty = text[(3 * one)..].StartsWith(quote, StringComparison.Ordinal); // two pairs of quotes
        return isEmpty || text.Length == 3 * one ? 2 * one : 3 * one;
    }

    /// <summary>Returns whether a value follows two quotes. Otherwise the two quotes are an empty value.</summary>
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

    /// <summary>Returns the length of a quote at the end of a text, without backslashes before it, or 0 if there is none.</summary>
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

    /// <summary>Returns the position after the closing quote, or the length of the text if the quote is not closed.</summary>
    /// <param name="text">The text.</param>
    /// <param name="start">The start of the opening quote.</param>
    /// <param name="opener">The length of the opening quote.</param>
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

    /// <summary>Returns whether the number of backslashes before a quote is even: then they escape each other, not the quote.</summary>
    private static bool IsPrecededByEvenBackslashes(ReadOnlySpan<char> text, int quote)
    {
        if (text[quote] == '\\') return false; // an escaped closing quote: another backslash before it belongs to a nested string
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
