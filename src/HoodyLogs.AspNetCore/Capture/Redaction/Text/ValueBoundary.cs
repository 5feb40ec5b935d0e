using System.Buffers;

namespace HoodyLogs.AspNetCore.Capture.Redaction.Text;

/// <summary>Finds the end of a value in a text. If the end is unclear, chooses the later one. Look-ahead beyond the value is bounded.</summary>
internal static class ValueBoundary
{
    private const int MaxLookAhead = 1024;
    private const string EscapedAmpersand = "\\u0026";

    private static readonly SearchValues<char> ValueEnds = SearchValues.Create("\"'`| \t\r\n\u00a0");
    private static readonly SearchValues<char> LineEnds = SearchValues.Create("\"\r\n");
    private static readonly SearchValues<char> NameLetters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.[]%");

    /// <summary>Finds the end of the value of a setting.</summary>
    /// <remarks>
    /// The end depends on the start of the value and on the line:
    /// a quoted value ends with its quote, and an object with its bracket;
    /// a value in a list of settings ends before the next semicolon, or at the end of the line;
    /// a value in a url ends before the next parameter;
    /// the name of an authentication scheme includes the credential after it;
    /// any other value ends before whitespace, a quote or trailing punctuation.
    /// </remarks>
    /// <param name="text">The text.</param>
    /// <param name="start">The start of the value.</param>
    /// <param name="isListed">Whether another setting precedes this one: <c>Server=x;Password=y</c>.</param>
    /// <param name="found">Receives the number of steps.</param>
    public static int EndOfSetting(ReadOnlySpan<char> text, int start, bool isListed, ref RedactionSpans found)
    {
        if (start >= text.Length) return start;
        if (Quotes.LengthAtStart(text[start..]) is > 0 and var opener) return EndOfQuoted(text, start, opener);
        if (text[start] is '\\' or '{' or '[') return JsonValueBoundary.EndOfValue(text, start);
        if (text[start] == '<') return text[start..].IndexOf('>') is > 0 and var length ? start + length + 1 : text.Length;
        var end = EndOfWord(text, start);
        var window = text[start..Math.Min(text.Length, start + MaxLookAhead)];
        found.CountSteps(window.Length);
        var lineEnd = window.IndexOfAny(LineEnds);
        var line = lineEnd < 0 ? window : window[..lineEnd];
        var semicolon = line.IndexOf(';');
        if (semicolon < 0 && isListed) return EndOf(text, start, LineEnds);
        if (semicolon >= 0 && !line[..semicolon].Contains('=') && line[(semicolon + 1)..].Contains('=')) return start + semicolon;
        if (IndexOfNextParameter(text[start..end]) is > 0 and var ampersand) return start + ampersand;
        if (AuthenticationSchemes.Contains(text[start..end], out var takesLine))
        {
            var next = SkipBlanks(text, end);
            if (takesLine) return EndOfLine(text, next);
            return Quotes.LengthAtStart(text[next..]) is > 0 and var quote ? Quotes.EndOf(text, next, quote) : TrimPunctuation(text, start, EndOfWord(text, next));
        }

        return TrimPunctuation(text, start, end);
    }

    /// <summary>Finds the end of the value of a header: the end of the line, or of the quotes around the header.</summary>
    public static int EndOfHeader(ReadOnlySpan<char> text, int nameStart, int start)
    {
        if (Quotes.LengthAtStart(text[start..]) is > 0 and var opener)
        {
            var end = Quotes.EndOf(text, start, opener);
            if (end == text.Length || char.IsWhiteSpace(text[end]) || text[end] is ',' or '.' or ')' or '}' or ']' or '>' or '"' or '\'') return end;
        }

        var enclosing = Quotes.LengthAtEnd(text[Math.Max(0, nameStart - 8)..nameStart]);
        if (enclosing == 0) return EndOfLine(text, start);
        while (enclosing < nameStart && text[nameStart - enclosing - 1] == '\\' && enclosing < MaxLookAhead) enclosing++;
        var closed = Quotes.EndOf(text, nameStart - enclosing, enclosing);
        return Math.Max(start, closed - (closed == text.Length && !text.EndsWith(text.Slice(nameStart - enclosing, enclosing)) ? 0 : enclosing));
    }

    /// <summary>Returns the end of the line, without the line break.</summary>
    public static int EndOfLine(ReadOnlySpan<char> text, int start)
    {
        var length = text[start..].IndexOfAny('\r', '\n');
        return length < 0 ? text.Length : start + length;
    }

    /// <summary>Skips spaces and tabs.</summary>
    public static int SkipBlanks(ReadOnlySpan<char> text, int at)
    {
        while (at < text.Length && text[at] is ' ' or '\t' or '\u00a0') at++;
        return at;
    }

    /// <summary>Finds the end of a word. A quote between letters is part of the word.</summary>
    public static int EndOfWord(ReadOnlySpan<char> text, int start)
    {
        for (var at = start; ;)
        {
            at = EndOf(text, at, ValueEnds);
            var isWithin = at > start && at + 1 < text.Length && text[at] is '"' or '\'' or '`' && text[at - 1] != '\\' && char.IsLetterOrDigit(text[at + 1]);
            if (!isWithin) return at;
            at++;
        }
    }

    /// <summary>Returns the position of the first of the characters, or the length of the text.</summary>
    public static int EndOf(ReadOnlySpan<char> text, int start, SearchValues<char> ends)
    {
        var length = text[start..].IndexOfAny(ends);
        return length < 0 ? text.Length : start + length;
    }

    /// <summary>Finds the end of a quoted value. ADO.NET doubles a quote inside the value.</summary>
    private static int EndOfQuoted(ReadOnlySpan<char> text, int start, int opener)
    {
        var end = Quotes.EndOf(text, start, opener);
        while (opener == 1 && end > start + 2 && end < text.Length && text[end] == text[start]) end = Quotes.EndOf(text, end, opener);
        return end;
    }

    private static int TrimPunctuation(ReadOnlySpan<char> text, int start, int end)
    {
        while (end > start && text[end - 1] is ',' or ';' or '.' or ')' or '>' or '}' or ']') end--;
        if (end > start && text[end - 1] == '\\' && end < text.Length && text[end] is '"' or '\'') end--;
        return end;
    }

    /// <summary>Returns the position of <c>&amp;name=value</c> after a value in a url, or -1 if an ampersand may be part of the value.</summary>
    private static int IndexOfNextParameter(ReadOnlySpan<char> value)
    {
        var ampersand = value.IndexOf('&');
        if (ampersand < 0)
        {
            ampersand = value.IndexOf(EscapedAmpersand, StringComparison.OrdinalIgnoreCase);
            return ampersand;
        }

        var next = value[(ampersand + 1)..];
        if (next.StartsWith("amp;", StringComparison.Ordinal)) next = next["amp;".Length..];
        var equals = next.IndexOf('=');
        return equals > 0 && equals < next.Length - 1 && next[equals + 1] != '=' && next[..equals].IndexOfAnyExcept(NameLetters) < 0 ? ampersand : -1;
    }
}
