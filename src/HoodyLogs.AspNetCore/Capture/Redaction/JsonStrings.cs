using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace HoodyLogs.AspNetCore.Capture.Redaction;

/// <summary>Secrets that a string of JSON quotes: a query of GraphQL, a url, a line of a log. Works on strings as they are escaped, so that they stay valid.</summary>
internal static class JsonStrings
{
    /// <summary>Shorter strings hold no name with a value.</summary>
    public const int Shortest = 5;

    private const int LongestName = 64;
    private const int LongRun = 64; // from which on a search by longer vectors pays
    private const int NotSearched = -2;
    private const byte FirstOfSchemes = (byte)'B';
    private const int LengthOfEscape = 6; // \u0022

    private static readonly SearchValues<byte> Signs = SearchValues.Create("=:@%>"u8);
    private static readonly SearchValues<byte> NameLetters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-"u8);

    /// <summary>Whether a short string has no sign and begins no credentials. Most strings are so, and this costs one look at all of their bytes at once.</summary>
    /// <param name="json">The text that the string stands in.</param>
    /// <param name="start">Behind the opening quote.</param>
    /// <param name="end">The closing quote.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsPlain(ReadOnlySpan<byte> json, int start, int end)
    {
        if (end - start > Vector128<byte>.Count || start > json.Length - Vector128<byte>.Count) return false;
        return (SignsAt(json, start) & ((1u << (end - start)) - 1)) == 0 && json[start] != FirstOfSchemes;
    }

    /// <summary>Whether a closer look is worth its cost.</summary>
    /// <param name="json">The text that the string stands in.</param>
    /// <param name="start">Behind the opening quote.</param>
    /// <param name="end">The closing quote.</param>
    /// <param name="names">What to look for.</param>
    public static bool MayHideSecret(ReadOnlySpan<byte> json, int start, int end, SecretNames names)
    {
        var text = json[start..end];
        var slash = NotSearched;
        for (var at = 0; at < text.Length; at += Vector128<byte>.Count)
        {
            if (text.Length - at > LongRun)
            {
                var next = text[at..].IndexOfAny(Signs);
                if (next < 0) break;
                at += next;
            }

            for (var signs = SignsAt(json, start + at, end); signs != 0; signs &= signs - 1)
            {
                if (IsSuspect(text, at + BitOperations.TrailingZeroCount(signs), ref slash, names)) return true;
            }
        }

        return TokenShapes.MayBegin(text) || text.StartsWith("Bearer "u8) || text.StartsWith("Basic "u8);
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

    /// <summary>A bit for each of the signs among sixteen bytes, and for a few characters that are none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint SignsAt(ReadOnlySpan<byte> json, int at)
    {
        var bytes = Vector128.LoadUnsafe(ref MemoryMarshal.GetReference(json), (nuint)at);
        var fromColonToAt = Vector128.LessThanOrEqual(bytes - Vector128.Create((byte)':'), Vector128.Create((byte)('@' - ':')));
        return (fromColonToAt | Vector128.Equals(bytes, Vector128.Create((byte)'%'))).ExtractMostSignificantBits();
    }

    /// <summary>The same up to the end of a string, also where the text ends sooner than sixteen bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint SignsAt(ReadOnlySpan<byte> json, int at, int end)
    {
        var count = Math.Min(Vector128<byte>.Count, end - at);
        var signs = at <= json.Length - Vector128<byte>.Count ? SignsAt(json, at) : SignsNearEnd(json[at..]);
        return signs & ((1u << count) - 1);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static uint SignsNearEnd(ReadOnlySpan<byte> rest)
    {
        Span<byte> padded = stackalloc byte[Vector128<byte>.Count];
        rest.CopyTo(padded);
        return SignsAt(padded, 0);
    }

    private static bool IsSuspect(ReadOnlySpan<byte> text, int sign, ref int slash, SecretNames names)
    {
        switch (text[sign])
        {
            case (byte)'@':
                if (slash == NotSearched) slash = text.IndexOf((byte)'/');
                return slash >= 0 && slash < sign;
            case (byte)'%':
                return sign + 1 < text.Length && text[sign + 1] == '3'; // an escaped sign
            case (byte)'=' or (byte)':' or (byte)'>':
                return !IsOfTimeOrScheme(text, sign) && IsBehindName(text[..sign], names);
            default:
                return false;
        }
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
