using System.Buffers;
using System.Globalization;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Text;
using HoodyLogs.AspNetCore.Capture.Redaction.Names;
using HoodyLogs.AspNetCore.Capture.Redaction.Text;

namespace HoodyLogs.AspNetCore.Capture.Redaction.Json;

/// <summary>
/// Redacts sensitive values that a JSON string quotes, for example in a GraphQL query, a url or a log line. Keeps the escapes of the string, so that it
/// stays valid.
/// </summary>
internal static class JsonStringRedactor
{
    /// <summary>The minimum length of a string with a name and a value, in bytes.</summary>
    public const int MinLength = 5;

    private const int MaxNameLength = 64;
    private const int LongText = 64; // a search with wider vectors pays off from this length
    private const int NotSearched = -2;
    private const int EscapeLength = 6; // \u0022

    private static readonly SearchValues<byte> Signs = SearchValues.Create("=:@%>"u8);
    private static ReadOnlySpan<byte> NameTrim => " \\\"'"u8;

    private static readonly SearchValues<byte> NameLetters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-"u8);

    /// <summary>Returns whether a string is short and has no sign. Most strings are. Checks all bytes at once.</summary>
    /// <param name="json">The text that contains the string.</param>
    /// <param name="start">The position after the opening quote.</param>
    /// <param name="end">The position of the closing quote.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsShortWithoutSigns(ReadOnlySpan<byte> json, int start, int end)
    {
        if (end - start > Vector128<byte>.Count || start > json.Length - Vector128<byte>.Count) return false;
        return (SignsAt(json, start) & ((1u << (end - start)) - 1)) == 0;
    }

    /// <summary>Returns whether a string may quote a sensitive value next to a sign. Far cheaper than <see cref="Redact"/>.</summary>
    /// <param name="json">The text that contains the string.</param>
    /// <param name="start">The position after the opening quote.</param>
    /// <param name="end">The position of the closing quote.</param>
    /// <param name="names">The sensitive names.</param>
    public static bool MayContainSensitiveValue(ReadOnlySpan<byte> json, int start, int end, SensitiveNames names)
    {
        var text = json[start..end];
        var slash = NotSearched;
        for (var at = 0; at < text.Length; at += Vector128<byte>.Count)
        {
            if (text.Length - at > LongText)
            {
                var next = text[at..].IndexOfAny(Signs);
                if (next < 0) break;
                at += next;
            }

            for (var signs = SignsAt(json, start + at, end); signs != 0; signs &= signs - 1)
            {
                var sign = at + BitOperations.TrailingZeroCount(signs);
                if (IsSuspicious(text, sign, (char)text[sign], sign + 1, ref slash, names)) return true;
            }
        }

        return false;
    }

    /// <summary>Returns whether the escapes of a string may contain a sign, or a letter of a sensitive name.</summary>
    public static bool MayContainEscapedSensitiveValue(ReadOnlySpan<byte> text, SensitiveNames names)
    {
        var slash = NotSearched;
        for (var at = 0; at < text.Length; at += 2)
        {
            var next = text[at..].IndexOf((byte)'\\');
            if (next < 0) return false;
            at += next;
            if (at + 1 < text.Length && text[at + 1] == 't' && StartsWithSign(text[(at + 2)..])) return true;
            if (!TryUnescape(text[at..], out var letter)) continue;
            var isSuspect = letter is '=' or ':' or '>' or '@' or '%' ? IsSuspicious(text, at, letter, at + EscapeLength, ref slash, names)
                : char.IsAsciiLetterOrDigit(letter) || letter is '_' or '-' or '\\';
            if (isSuspect) return true;
        }

        return false;
    }

    /// <summary>Redacts the content of a string, with its escapes. Returns the same instance if there is no sensitive value.</summary>
    public static string Redact(string escaped, MessageRedactor strings)
    {
        var positions = escaped.Contains('\\') ? new int[escaped.Length + 1] : null;
        var found = default(RedactionSpans);
        strings.Find(positions is null ? escaped : Unescape(escaped, positions), isDocument: false, ref found);
        if (found.IsEmpty) return escaped;
        if (positions is null) return found.Apply(escaped);
        var escapedFound = default(RedactionSpans);
        foreach (var (start, end) in found.Spans) escapedFound.Add(positions[start], positions[end]);
        return escapedFound.Apply(escaped);
    }

    /// <summary>Returns a bit for each sign among sixteen bytes. Also sets the bit for <c>;</c>, <c>&lt;</c> and <c>?</c>, which are not signs.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint SignsAt(ReadOnlySpan<byte> json, int at)
    {
        var bytes = Vector128.LoadUnsafe(ref MemoryMarshal.GetReference(json), (nuint)at);
        var fromColonToAt = Vector128.LessThanOrEqual(bytes - Vector128.Create((byte)':'), Vector128.Create((byte)('@' - ':')));
        return (fromColonToAt | Vector128.Equals(bytes, Vector128.Create((byte)'%'))).ExtractMostSignificantBits();
    }

    /// <summary>Returns a bit for each sign among up to sixteen bytes before the end of a string.</summary>
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

    /// <summary>Returns whether a sign may be next to a sensitive value.</summary>
    private static bool IsSuspicious(ReadOnlySpan<byte> text, int sign, char letter, int behind, ref int slash, SensitiveNames names)
    {
        switch (letter)
        {
            case '@':
                if (slash == NotSearched) slash = IndexOfSlash(text);
                return slash >= 0 && slash < sign;
            case '%':
                return behind < text.Length && text[behind] == '3'; // an escaped sign
            case '=' or ':' or '>':
                return !IsTimeOrUrlScheme(text, sign) && (FollowsName(text[..sign], names) || (letter != '>' && PrecedesName(text[behind..], names)));
            default:
                return false;
        }
    }

    private static int IndexOfSlash(ReadOnlySpan<byte> text)
    {
        var slash = text.IndexOf((byte)'/');
        var escaped = text.IndexOf("\\u002"u8);
        return slash < 0 || (escaped >= 0 && escaped < slash) ? escaped : slash;
    }

    /// <summary>Returns whether a sensitive name follows: <c>name="password" value="x"</c>.</summary>
    private static bool PrecedesName(ReadOnlySpan<byte> text, SensitiveNames names)
    {
        text = text[..Math.Min(text.Length, MaxNameLength)].TrimStart(" \\\"'"u8);
        var end = text.IndexOfAnyExcept(NameLetters);
        return names.Contains(end < 0 ? text : text[..end]);
    }

    /// <summary>Returns whether a sign is the colon of a time or a url, which are common: <c>12:30</c>, <c>https://</c>.</summary>
    private static bool IsTimeOrUrlScheme(ReadOnlySpan<byte> utf8, int sign)
    {
        if (utf8[sign] != ':' || sign == 0 || sign + 1 == utf8.Length) return false;
        return utf8[sign + 1] == '/' || (char.IsAsciiDigit((char)utf8[sign - 1]) && char.IsAsciiDigit((char)utf8[sign + 1]));
    }

    /// <summary>Returns whether a name is the user of Telegram's API: <c>bot123456:AA…</c>.</summary>
    private static bool IsTelegramBot(ReadOnlySpan<byte> name) => name.StartsWith("bot"u8) && name.Length > 3 && char.IsAsciiDigit((char)name[^1]);

    /// <summary>Returns whether a sensitive name precedes.</summary>
    private static bool FollowsName(ReadOnlySpan<byte> before, SensitiveNames names)
    {
        before = before[Math.Max(0, before.Length - MaxNameLength)..].TrimEnd(NameTrim);
        while (before.EndsWith("\\t"u8)) before = before[..^2].TrimEnd(NameTrim);
        if (before.EndsWith("\\u0022"u8) || before.EndsWith("\\u0027"u8)) before = before[..^EscapeLength].TrimEnd(NameTrim);
        var start = before.LastIndexOfAnyExcept(NameLetters) + 1;
        if (start == before.Length) return false;
        var name = before[start..];
        if (names.Contains(name) || IsTelegramBot(name)) return true;
        if (start > 0 && before[start - 1] == '\\' && name.Length > 1 && (names.Contains(name[1..]) || (name.Length > EscapeLength && names.Contains(name[(EscapeLength - 1)..])))) return true;
        var word = name.LastIndexOfAny((byte)'_', (byte)'-');
        return word >= 0 && names.Contains(name[(word + 1)..]);
    }

    /// <summary>Returns whether a text starts with a sign, after spaces.</summary>
    private static bool StartsWithSign(ReadOnlySpan<byte> text) => text.TrimStart(" \t"u8) is [(byte)'=' or (byte)':', ..];

    private static bool TryUnescape(ReadOnlySpan<byte> text, out char letter)
    {
        letter = '\0';
        if (text.Length < EscapeLength || text[1] != 'u' || !ushort.TryParse(text[2..EscapeLength], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code)) return false;
        letter = (char)code;
        return true;
    }

    /// <summary>Unescapes a string.</summary>
    /// <param name="escaped">The string with its escapes.</param>
    /// <param name="positions">Receives the position of each unescaped character in the escaped string, and the end.</param>
    private static string Unescape(string escaped, int[] positions)
    {
        var text = new StringBuilder(escaped.Length);
        for (var at = 0; at < escaped.Length;)
        {
            positions[text.Length] = at;
            var length = escaped[at] != '\\' || at + 1 == escaped.Length ? 1 : escaped[at + 1] == 'u' && escaped.Length - at >= EscapeLength ? EscapeLength : 2;
            text.Append(length switch
            {
                1 => escaped[at],
                2 => escaped[at + 1] switch { 'n' => '\n', 'r' => '\r', 't' => '\t', 'b' => '\b', 'f' => '\f', var other => other },
                _ => (char)ushort.Parse(escaped.AsSpan(at + 2, EscapeLength - 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture),
            });
            at += length;
        }

        positions[text.Length] = escaped.Length;
        return text.ToString();
    }
}
