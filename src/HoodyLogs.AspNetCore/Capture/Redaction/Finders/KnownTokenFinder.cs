using System.Buffers;
using System.Text;
using HoodyLogs.AspNetCore.Capture.Redaction.Names;
using HoodyLogs.AspNetCore.Capture.Redaction.Text;

namespace HoodyLogs.AspNetCore.Capture.Redaction.Finders;

/// <summary>Finds tokens by their shape, anywhere in a text: JWTs, keys of well-known services, private keys in PEM.</summary>
internal static class KnownTokenFinder
{
    /// <summary>Each token contains at least one of these characters.</summary>
    public const string TokenLetters = "-_:%IJ";

    /// <summary>Each prefix in <see cref="Prefixes"/>, each JWT and each private key contain at least one of these characters.</summary>
    public const string PrefixLetters = "-_IJ";

    private const string Pem = "-----BEGIN";
    private const int MaxPemLabelLength = 64;
    private const int MinJwtLength = 20;
    private const int MinLength = 13;

    private static readonly SearchValues<char> Letters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-");

    private static readonly SearchValues<char> JwtLetters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.");

    /// <summary>
    /// The prefixes of tokens, the minimum number of characters after each, and whether one of these must be a digit. Each prefix must contain one of
    /// <see cref="PrefixLetters"/>, because the scan looks for these characters first. Add a character there for a prefix without one.
    /// </summary>
    private static readonly (string Prefix, int MinLength, bool NeedsDigit)[] Prefixes =
    [
        ("AKIA", 16, false), ("ASIA", 16, false), ("AIza", 30, false), ("ghp_", 16, false), ("gho_", 16, false), ("ghu_", 16, false), ("ghs_", 16, false),
        ("ghr_", 16, false), ("github_pat_", 16, false), ("glpat-", 16, false), ("xoxa-", 8, false), ("xoxb-", 8, false), ("xoxp-", 8, false),
        ("xoxr-", 8, false), ("xoxs-", 8, false), ("sk_live_", 8, false), ("sk_test_", 8, false), ("whsec_", 8, false), ("sk-", 20, true),
    ];

    /// <summary>The prefixes in UTF-8, and the offset of the last of <see cref="PrefixLetters"/> in each.</summary>
    private static readonly (byte[] Utf8, int Offset)[] Utf8Prefixes =
    [
        .. new[] { Pem, "eyJ" }.Concat(Prefixes.Select(prefix => prefix.Prefix))
            .Select(beginning => (Encoding.UTF8.GetBytes(beginning), beginning.AsSpan().LastIndexOfAny(PrefixLetters))),
    ];

    private static readonly SuffixFilter PrefixFilter = new(Utf8Prefixes.Select(beginning => Encoding.UTF8.GetString(beginning.Utf8.AsSpan(0, beginning.Offset))));

    private static readonly SearchValues<char> TokenLetterValues = SearchValues.Create(TokenLetters);

    private static readonly SearchValues<string> Anchors = SearchValues.Create([Pem, "eyJ", "bot", .. Prefixes.Select(prefix => prefix.Prefix)], StringComparison.Ordinal);

    /// <summary>Returns whether UTF-8 text has the prefix of a token around a position.</summary>
    /// <param name="utf8">The text.</param>
    /// <param name="mark">The position of the last of <see cref="PrefixLetters"/> in the prefix.</param>
    public static bool HasPrefixAt(ReadOnlySpan<byte> utf8, int mark)
    {
        if (!PrefixFilter.MayMatch(utf8[..mark])) return false;
        foreach (var (beginning, offset) in Utf8Prefixes)
        {
            if (mark >= offset && utf8[(mark - offset)..].StartsWith(beginning)) return true;
        }

        return false;
    }

    /// <summary>Finds the tokens in a text.</summary>
    public static void Find(ReadOnlySpan<char> text, ref RedactionSpans found)
    {
        if (text.Length < MinLength || text.IndexOfAny(TokenLetterValues) < 0) return;
        for (var at = 0; text.Length - at >= MinLength;)
        {
            var next = text[at..].IndexOfAny(Anchors);
            if (next < 0) return;
            var start = at + next;
            var (from, end) = ReadToken(text, start, ref found);
            found.Add(from, end);
            at = Math.Max(end, start + 1);
        }
    }

    private static (int Start, int End) ReadToken(ReadOnlySpan<char> text, int start, ref RedactionSpans found)
    {
        var rest = text[start..];
        if (rest.StartsWith(Pem, StringComparison.Ordinal)) return ReadPrivateKey(text, start, ref found);
        if (start > 0 && char.IsAsciiLetterOrDigit(text[start - 1]) && !EndsWithEscape(text, start)) return default;
        if (rest.StartsWith("bot", StringComparison.Ordinal)) return ReadTelegramToken(text, start);
        if (rest.StartsWith("eyJ", StringComparison.Ordinal))
        {
            // A JWT is a header, claims and a signature. A header alone is redacted too.
            var jwt = RunLength(rest, JwtLetters);
            return jwt >= MinJwtLength ? (start, start + TrimDots(rest, jwt)) : default;
        }

        foreach (var (prefix, minLength, needsDigit) in Prefixes)
        {
            if (!rest.StartsWith(prefix, StringComparison.Ordinal)) continue;
            var length = prefix.Length + RunLength(rest[prefix.Length..], Letters);
            var token = rest[prefix.Length..length];
            if (token.Length >= minLength && (!needsDigit || token.ContainsAnyInRange('0', '9'))) return (start, start + length);
        }

        return default;
    }

    private static int RunLength(ReadOnlySpan<char> text, SearchValues<char> letters)
    {
        var end = text.IndexOfAnyExcept(letters);
        return end < 0 ? text.Length : end;
    }

    private static int TrimDots(ReadOnlySpan<char> text, int length)
    {
        while (length > 0 && text[length - 1] == '.') length--;
        return length;
    }

    /// <summary>Returns whether the text before a position ends with an escape such as <c>%3D</c>, <c>\n</c> or <c>\u0022</c>, and not with a word.</summary>
    private static bool EndsWithEscape(ReadOnlySpan<char> text, int start)
    {
        if (start >= 3 && text[start - 3] == '%') return char.IsAsciiHexDigit(text[start - 2]) && char.IsAsciiHexDigit(text[start - 1]);
        if (start >= 2 && text[start - 2] == '\\' && text[start - 1] is 'n' or 'r' or 't') return true;
        return start >= 6 && text[start - 6] == '\\' && text[start - 5] == 'u';
    }

    /// <summary>Reads a token of Telegram's API: <c>bot123456:AA…</c>.</summary>
    private static (int Start, int End) ReadTelegramToken(ReadOnlySpan<char> text, int start)
    {
        const int FewestDigits = 5;
        const int FewestLetters = 10;
        var digits = start + "bot".Length;
        var at = digits;
        while (at < text.Length && at - digits < MinJwtLength && char.IsAsciiDigit(text[at])) at++;
        if (at - digits < FewestDigits) return default;
        var colon = text[at..].StartsWith(":", StringComparison.Ordinal) ? 1 : text[at..].StartsWith("%3A", StringComparison.OrdinalIgnoreCase) ? 3 : 0;
        if (colon == 0) return default;
        var length = RunLength(text[(at + colon)..], Letters);
        return length >= FewestLetters ? (digits, at + colon + length) : default;
    }

    private static (int Start, int End) ReadPrivateKey(ReadOnlySpan<char> text, int start, ref RedactionSpans found)
    {
        var label = text.Slice(start, Math.Min(MaxPemLabelLength, text.Length - start));
        if (!label.Contains("PRIVATE", StringComparison.Ordinal)) return default;
        var end = text[(start + Pem.Length)..].IndexOf("-----END", StringComparison.Ordinal);
        found.CountSteps(MaxPemLabelLength);
        if (end < 0) return (start, text.Length);
        end += start + Pem.Length + "-----END".Length;
        var dashes = text[end..Math.Min(text.Length, end + MaxPemLabelLength)].IndexOf("-----", StringComparison.Ordinal);
        return (start, dashes < 0 ? end : end + dashes + "-----".Length);
    }
}
