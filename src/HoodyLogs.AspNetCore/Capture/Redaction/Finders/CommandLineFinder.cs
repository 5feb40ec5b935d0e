using System.Buffers;
using System.Text;
using HoodyLogs.AspNetCore.Capture.Redaction.Names;
using HoodyLogs.AspNetCore.Capture.Redaction.Text;

namespace HoodyLogs.AspNetCore.Capture.Redaction.Finders;

/// <summary>
/// Finds values that only a space separates from their name: options of commands (<c>--password x</c>, <c>-u user:x</c>), <c>password "x"</c>,
/// <c>password is x1</c>, <c>token 8f14e45f…</c>. In prose, finds only values that look like credentials.
/// </summary>
internal sealed class CommandLineFinder(SensitiveNames names)
{
    private const int MaxNameLength = 64;
    private const int MinQuotedLength = 4;

    private static readonly SearchValues<char> WordStarts = SearchValues.Create(" \t\r\n([{<,;=:|/\u00a0");
    private static readonly string[] UserOptions = ["-u", "--user", "-U", "--proxy-user", "--ftp-account"];
    private static readonly string[] CookieOptions = ["-b", "--cookie"];
    private static readonly string[] PasswordOptions = ["--oauth2-bearer", "--pass", "--proxy-pass"];
    private static readonly string[] Verbs = ["is", "was", "are", "="];

    /// <summary>The options of commands that have a sensitive value, other than options with a sensitive name.</summary>
    public static string[] Options { get; } = [.. UserOptions, .. CookieOptions, .. PasswordOptions];

    /// <summary>Returns whether a word is one of <see cref="Options"/>.</summary>
    public static bool IsOption(ReadOnlySpan<byte> utf8)
    {
        if (utf8 is not [(byte)'-', ..]) return false;
        foreach (var option in Options)
        {
            if (Ascii.Equals(utf8, option)) return true;
        }

        return false;
    }

    /// <summary>Finds the values in a text.</summary>
    public void Find(ReadOnlySpan<char> text, ref RedactionSpans found)
    {
        for (var at = 0; at < text.Length;)
        {
            var next = text[at..].IndexOf(' ');
            if (next < 0) return;
            var blank = at + next;
            at = blank + 1;
            var from = Math.Max(0, blank - MaxNameLength);
            var name = text[from..blank];
            name = name[(name.LastIndexOfAny(WordStarts) + 1)..].Trim("\"'`");
            found.CountSteps(blank - from);
            if (name.Length < 2) continue;
            var start = ValueBoundary.SkipBlanks(text, at);
            if (start == text.Length) return;
            var end = name[0] == '-' ? EndOfOptionValue(text, name, start, ref found) : names.Contains(name) && !AmbiguousNames.Contains(name) ? EndOfValueInProse(text, ref start) : 0;
            if (end <= start) continue;
            found.Add(start, end);
            at = end;
        }
    }

    private static bool IsOneOf(ReadOnlySpan<char> name, string[] options)
    {
        foreach (var option in options)
        {
            if (name.Equals(option, StringComparison.Ordinal)) return true;
        }

        return false;
    }

    private static int EndOfQuotedOrWord(ReadOnlySpan<char> text, int start) =>
        Quotes.LengthAtStart(text[start..]) is > 0 and var quote ? Quotes.EndOf(text, start, quote) : ValueBoundary.EndOfWord(text, start);

    /// <summary>
    /// Returns the end of a value after a sensitive name in prose, or 0. Most sentences about a password do not contain it, so a word needs a digit and a
    /// quoted value needs a minimum length.
    /// </summary>
    private static int EndOfValueInProse(ReadOnlySpan<char> text, ref int start)
    {
        var hasVerb = false;
        foreach (var verb in Verbs)
        {
            if (!text[start..].StartsWith(verb, StringComparison.OrdinalIgnoreCase) || start + verb.Length >= text.Length || text[start + verb.Length] != ' ') continue;
            start = ValueBoundary.SkipBlanks(text, start + verb.Length);
            hasVerb = true;
            break;
        }

        if (start == text.Length) return 0;
        var end = EndOfQuotedOrWord(text, start);
        var isQuoted = Quotes.LengthAtStart(text[start..]) > 0;
        while (!isQuoted && end > start && text[end - 1] is '.' or ',' or ';' or ')' or '!' or '?' or ']') end--;
        var value = text[start..end];
        if (isQuoted) return value.Length >= MinQuotedLength + 2 && (hasVerb || value.ContainsAnyInRange('0', '9')) ? end : 0;
        return AmbiguousNames.LooksLikeToken(value) || (hasVerb && value.Length >= MinQuotedLength && value.ContainsAnyInRange('0', '9')) ? end : 0;
    }

    private int EndOfOptionValue(ReadOnlySpan<char> text, ReadOnlySpan<char> name, int start, ref RedactionSpans found)
    {
        if (IsOneOf(name, UserOptions))
        {
            var user = EndOfQuotedOrWord(text, start);
            return text[start..user].Contains(':') ? user : 0;
        }

        if (IsOneOf(name, CookieOptions))
        {
            var cookie = EndOfQuotedOrWord(text, start);
            return text[start..cookie].Contains('=') ? cookie : 0;
        }

        if (!IsOneOf(name, PasswordOptions) && !(name.StartsWith("--", StringComparison.Ordinal) && names.Contains(name))) return 0;
        return text[start] == '-' ? 0 : ValueBoundary.EndOfSetting(text, start, isListed: false, ref found);
    }
}
