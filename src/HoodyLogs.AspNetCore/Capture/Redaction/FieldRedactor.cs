using System.Buffers;
using System.Text;

namespace HoodyLogs.AspNetCore.Capture.Redaction;

/// <summary>
/// Replaces the values of secret names in text of the form <c>name=value</c>: urls, forms, and messages that quote them. In doubt about where a
/// value ends it takes more away rather than less. Text without secrets comes back as the same instance.
/// </summary>
internal sealed class FieldRedactor(SecretNames names)
{
    public const string Redacted = "[redacted]";

    private const int MaxNesting = 2;

    private static readonly Syntax Path = new("/;&=", "/?&");
    private static readonly Syntax Query = new("?&;#=", "&");
    private static readonly Syntax Prose = new("&;?#,(){}<>\"'= \t\r\n", "& ,\"'<>)}\t\r\n");
    private static readonly SearchValues<char> JsonEnders = SearchValues.Create(",}] \t\r\n");
    private static readonly SearchValues<char> AuthorityEnders = SearchValues.Create("/?#& \"'");

    /// <summary>A url, or a target: parameters by name, also those of an escaped url within a parameter, and user info.</summary>
    public string Url(string url) => Url(url, MaxNesting);

    /// <summary>A body of the type application/x-www-form-urlencoded.</summary>
    public string Form(string form) => Fields(form, 0, Query, Query, MaxNesting);

    /// <summary>A message that may quote urls, settings or JSON, cut to a length before it is read: it may be very long.</summary>
    public string Message(string message, int length) =>
        WithoutUserInfo(Fields(Properties(CutMessage(message, length)), 0, Prose, Prose, 0));

    /// <summary>Never within a url's authority, which can be told to have a user's password only by what stands behind it.</summary>
    private static string CutMessage(string message, int length)
    {
        if (message.Length <= length) return message;
        var cut = Bounded.Text(message, length);
        var authority = cut.LastIndexOf("://", StringComparison.Ordinal) + 3;
        return authority < 3 || cut.AsSpan(authority).IndexOfAny(AuthorityEnders) >= 0 ? cut : cut[..authority];
    }

    private string Url(string url, int nesting)
    {
        var query = url.AsSpan().IndexOfAny('?', '#');
        return WithoutUserInfo(Fields(url, query < 0 ? url.Length : query, Path, Query, nesting));
    }

    /// <summary>One syntax holds up to <paramref name="boundary"/>, another from there.</summary>
    private string Fields(string text, int boundary, Syntax before, Syntax after, int nesting)
    {
        StringBuilder? redacted = null;
        var copied = 0;
        for (var equals = text.IndexOf('='); equals >= 0; equals = text.IndexOf('=', equals + 1))
        {
            var syntax = equals < boundary ? before : after;
            var name = text.AsSpan(copied, equals - copied);
            name = name[(name.LastIndexOfAny(syntax.Starters) + 1)..];
            var value = text.AsSpan(equals + 1);
            var end = value.IndexOfAny(syntax.Enders);
            if (end >= 0) value = value[..end];
            if (value.IsEmpty || !(names.ContainsField(name) || HidesSecret(value, nesting))) continue;
            redacted ??= new StringBuilder(text.Length);
            redacted.Append(text, copied, equals + 1 - copied).Append(Redacted);
            copied = equals + 1 + value.Length;
            equals = copied - 1;
        }

        return redacted is null ? text : redacted.Append(text, copied, text.Length - copied).ToString();
    }

    /// <summary>Properties of JSON that is part of a text, as it is or within a string: <c>"name":"value"</c>, <c>\"name\":1</c>.</summary>
    private string Properties(string text)
    {
        StringBuilder? redacted = null;
        var copied = 0;
        for (var quote = text.IndexOf("\":", StringComparison.Ordinal); quote >= 0; quote = text.IndexOf("\":", quote + 1, StringComparison.Ordinal))
        {
            var name = text.AsSpan(copied, quote - copied).TrimEnd('\\');
            if (!names.Contains(name[(name.LastIndexOf('"') + 1)..])) continue;
            var start = quote + 2;
            while (start < text.Length && text[start] == ' ') start++;
            redacted ??= new StringBuilder(text.Length);
            redacted.Append(text, copied, start - copied).Append(Redacted);
            copied = quote = EndOfProperty(text, start);
            if (copied == text.Length) break;
        }

        return redacted is null ? text : redacted.Append(text, copied, text.Length - copied).ToString();
    }

    private static int EndOfProperty(string text, int start)
    {
        var value = text.AsSpan(start);
        var quote = value.IndexOfAnyExcept('\\');
        if (quote < 0 || value[quote] is '{' or '[') return text.Length;
        if (value[quote] != '"')
        {
            var end = value.IndexOfAny(JsonEnders);
            return end < 0 ? text.Length : start + end;
        }

        // It ends with what it begins with, unless one more backslash stands before that.
        var opener = value[..(quote + 1)];
        for (var at = opener.Length; ;)
        {
            var found = value[at..].IndexOf(opener);
            if (found < 0) return text.Length;
            at += found + opener.Length;
            if (found == 0 || value[at - opener.Length - 1] != '\\') return start + at;
        }
    }

    /// <summary>Whether a value is an escaped url or form with a secret in it.</summary>
    private bool HidesSecret(ReadOnlySpan<char> value, int nesting)
    {
        if (nesting == 0 || !value.Contains('%')) return false;
        var inner = Uri.UnescapeDataString(value);
        return !ReferenceEquals(Url(inner, nesting - 1), inner);
    }

    private static string WithoutUserInfo(string text)
    {
        for (var scheme = text.IndexOf("://", StringComparison.Ordinal); scheme >= 0;)
        {
            var user = text.AsSpan(scheme + 3);
            var end = user.IndexOfAny(AuthorityEnders);
            if (end >= 0) user = user[..end];
            user = user[..Math.Max(0, user.LastIndexOf('@'))];
            if (!user.IsEmpty) text = string.Concat(text.AsSpan(0, scheme + 3), Redacted, text.AsSpan(scheme + 3 + user.Length));
            scheme = text.IndexOf("://", scheme + 3, StringComparison.Ordinal);
        }

        return text;
    }

    /// <summary>After which characters a name begins, and before which a value ends.</summary>
    private sealed class Syntax(string starters, string enders)
    {
        public SearchValues<char> Starters { get; } = SearchValues.Create(starters);

        public SearchValues<char> Enders { get; } = SearchValues.Create(enders);
    }
}
