using System.Buffers;

namespace HoodyLogs.AspNetCore.Capture.Redaction;

/// <summary>Secrets that a string of JSON quotes: a query of GraphQL, a url, a line of a log. Works on strings as they are escaped, so that they stay valid.</summary>
internal static class JsonStrings
{
    /// <summary>Shorter strings hold no name with a value.</summary>
    public const int Shortest = 5;

    private const int LongestName = 64;
    private const int LengthOfEscape = 6; // \u0022

    private static readonly SearchValues<byte> Signs = SearchValues.Create("=:@%>"u8);
    private static readonly SearchValues<byte> NameLetters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-"u8);

    /// <summary>Whether a closer look is worth its cost. Looks at few bytes of most strings.</summary>
    public static bool MayHideSecret(ReadOnlySpan<byte> utf8, SecretNames names)
    {
        for (var at = 0; at < utf8.Length; at++)
        {
            var next = utf8[at..].IndexOfAny(Signs);
            if (next < 0) break;
            at += next;
            if (utf8[at] == '@')
            {
                if (utf8[..at].IndexOf("/"u8) >= 0) return true;
            }
            else if (utf8[at] == '%')
            {
                if (at + 1 < utf8.Length && utf8[at + 1] == '3') return true; // an escaped sign
            }
            else if (!IsOfTimeOrScheme(utf8, at) && IsBehindName(utf8[..at], names))
            {
                return true;
            }
        }

        return TokenShapes.MayBegin(utf8) || utf8.StartsWith("Bearer "u8) || utf8.StartsWith("Basic "u8);
    }

    /// <summary>Redacts a string as it stands between its quotes.</summary>
    public static string Redact(string escaped, MessageRedactor strings)
    {
        var found = default(Findings);
        strings.Find(escaped, isDocument: false, ref found);
        if (found.IsEmpty) return escaped;
        var whole = default(Findings);
        foreach (var (start, end) in found.Spans) whole.Add(StartOfEscape(escaped, start), EndOfEscape(escaped, end));
        return whole.Apply(escaped);
    }

    /// <summary>The colons that most strings have: <c>12:30</c>, <c>https://</c>.</summary>
    private static bool IsOfTimeOrScheme(ReadOnlySpan<byte> utf8, int sign)
    {
        if (utf8[sign] != ':' || sign == 0 || sign + 1 == utf8.Length) return false;
        return utf8[sign + 1] == '/' || (char.IsAsciiDigit((char)utf8[sign - 1]) && char.IsAsciiDigit((char)utf8[sign + 1]));
    }

    private static bool IsBehindName(ReadOnlySpan<byte> before, SecretNames names)
    {
        before = before[Math.Max(0, before.Length - LongestName)..].TrimEnd(" \\\"'"u8);
        var start = before.LastIndexOfAnyExcept(NameLetters) + 1;
        if (start == before.Length) return false;
        var name = before[start..];
        if (names.Contains(name)) return true;
        if (start > 0 && before[start - 1] == '\\' && name.Length > 1 && (names.Contains(name[1..]) || (name.Length > LengthOfEscape && names.Contains(name[(LengthOfEscape - 1)..])))) return true;
        var word = name.LastIndexOfAny((byte)'_', (byte)'-');
        return word >= 0 && names.Contains(name[(word + 1)..]);
    }

    /// <summary>Where the escape begins within which a position is; the position where it is in none.</summary>
    private static int StartOfEscape(string text, int at)
    {
        for (var start = at - 1; start >= 0 && at - start < LengthOfEscape; start--)
        {
            if (text[start] != '\\') continue;
            var run = 0;
            while (start - run >= 0 && text[start - run] == '\\') run++;
            if (run % 2 == 0) return at;
            var length = start + 1 < text.Length && text[start + 1] == 'u' ? LengthOfEscape : 2;
            return start + length > at ? start : at;
        }

        return at;
    }

    private static int EndOfEscape(string text, int at)
    {
        if (at >= text.Length) return at;
        var start = StartOfEscape(text, at);
        if (start == at) return at;
        return text[start + 1] == 'u' ? Math.Min(text.Length, start + LengthOfEscape) : start;
    }
}
