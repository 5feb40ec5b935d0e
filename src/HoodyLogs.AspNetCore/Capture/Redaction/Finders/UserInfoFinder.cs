using System.Buffers;
using HoodyLogs.AspNetCore.Capture.Redaction.Text;

namespace HoodyLogs.AspNetCore.Capture.Redaction.Finders;

/// <summary>
/// Finds the user name and password before the host of a url: <c>https://u:p@host</c>, <c>//u:p@host</c>, <c>https:/u:p@host</c>. Reads slashes that JSON
/// escapes, and passwords with quotes, slashes and other characters that a url should escape.
/// </summary>
internal static class UserInfoFinder
{
    private const int MaxPasswordLength = 256;
    private const string EscapedSlash = "\\u002f";

    private static readonly SearchValues<char> AuthorityEnds = SearchValues.Create("/?#& \"<>`\t\r\n");
    private static readonly SearchValues<char> Blanks = SearchValues.Create(" \t\r\n<>");

    /// <summary>Finds the user names and passwords in a text.</summary>
    public static void Find(ReadOnlySpan<char> text, ref RedactionSpans found)
    {
        if (!text.Contains('@')) return;
        for (var at = 0; at < text.Length;)
        {
            var next = text[at..].IndexOfAny('/', '\\');
            if (next < 0) return;
            var slash = at + next;
            var start = SkipSlashes(text, slash, out var count);
            at = Math.Max(start, slash + 1);
            found.CountSteps(start - slash + 1);
            var hasColon = HasSchemeBefore(text, slash);
            if (count == 0 || (count == 1 && !hasColon)) continue;
            var end = Find(text, start, isUrl: hasColon && count > 1, ref found);
            if (end < 0) continue;
            found.Add(start, end);
            at = end;
        }
    }

    /// <summary>Returns whether a truncated text ends in the authority of a url, which may be a user name and a password.</summary>
    public static bool EndsInAuthority(ReadOnlySpan<char> text, out int start)
    {
        start = text.LastIndexOf("//") + 2;
        if (start < 2) return false;
        var authority = text[start..];
        var end = authority.IndexOfAny(AuthorityEnds);
        return end < 0 || (!authority.Contains('@') && ContinuesAsPassword(authority, end) && authority.Length < MaxPasswordLength && authority.IndexOfAny(Blanks) < 0);
    }

    /// <summary>Returns the end of the user name and password that begin at <paramref name="start"/>, or -1 if there are none.</summary>
    private static int Find(ReadOnlySpan<char> text, int start, bool isUrl, ref RedactionSpans found)
    {
        var rest = text[start..Math.Min(text.Length, start + MaxPasswordLength + MaxPasswordLength)];
        var end = rest.IndexOfAny(AuthorityEnds);
        found.CountSteps(end < 0 ? rest.Length : end);
        var authority = end < 0 ? rest : rest[..end];
        if (end < 0 && start + rest.Length < text.Length) authority = text[start..(text[start..].IndexOfAny(AuthorityEnds) is >= 0 and var far ? start + far : text.Length)];
        var at = authority.LastIndexOf('@');
        if (at > 0 && (isUrl || authority[..at].IndexOf(':') >= 0)) return start + at;
        if (at >= 0 || end < 0 || !ContinuesAsPassword(rest, end)) return -1;

        // No port follows "user:", so this is a password with characters that usually end an authority.
        found.CountSteps(rest.Length);
        if (rest[end] == '"')
        {
            var closed = rest[(end + 1)..].IndexOf("\"@");
            return closed < 0 ? -1 : start + end + 1 + closed + 1;
        }

        var blank = rest.IndexOfAny(Blanks);
        var password = blank < 0 ? rest : rest[..blank];
        at = password.IndexOf('@');
        return at < 0 ? -1 : start + at;
    }

    /// <summary>Returns whether the authority has a colon that no port follows.</summary>
    private static bool ContinuesAsPassword(ReadOnlySpan<char> authority, int end)
    {
        if (authority[0] == '[') return false;
        var colon = authority[..end].IndexOf(':');
        if (colon <= 0) return false;
        var port = authority[(colon + 1)..end];
        return port.IsEmpty ? authority[end] == '"' : port.IndexOfAnyExceptInRange('0', '9') >= 0;
    }

    /// <summary>Skips slashes. A backslash may precede a slash, and a slash may be escaped as <c>\u002f</c>.</summary>
    private static int SkipSlashes(ReadOnlySpan<char> text, int at, out int count)
    {
        for (count = 0; at < text.Length; count++)
        {
            if (text[at] == '/') at++;
            else if (text[at] == '\\' && at + 1 < text.Length && text[at + 1] == '/') at += 2;
            else if (text[at..].StartsWith(EscapedSlash, StringComparison.OrdinalIgnoreCase)) at += EscapedSlash.Length;
            else break;
        }

        return at;
    }

    private static bool HasSchemeBefore(ReadOnlySpan<char> text, int slash)
    {
        while (slash > 0 && text[slash - 1] == '\\') slash--;
        return slash > 1 && text[slash - 1] == ':' && char.IsAsciiLetterOrDigit(text[slash - 2]);
    }
}
