using System.Buffers;
using System.Collections.Frozen;
using System.Text;

namespace HoodyLogs.AspNetCore.Capture.Redaction;

/// <summary>
/// Replaces what a message quotes of secrets: settings and parameters (<c>name=value</c>, <c>name: value</c>), JSON, header lines, bearer tokens, user info
/// in urls. In doubt about where a value ends it takes more away rather than less. A message without secrets comes back as the same instance.
/// </summary>
internal sealed class MessageRedactor
{
    private const string Bearer = "Bearer ";
    private const int ShortestToken = 16;
    private const string EscapedAmpersand = "u0026"; // behind a backslash, as System.Text.Json writes it

    private static readonly SearchValues<char> NameStarts = SearchValues.Create("&;?!#,(){}<>`=|/\\ \t\r\n\u00a0");
    private static readonly SearchValues<char> ValueEnds = SearchValues.Create("\"'`| \t\r\n\u00a0");
    private static readonly SearchValues<char> LineEnds = SearchValues.Create("\"\r\n");
    private static readonly SearchValues<char> TokenEnds = SearchValues.Create("\"',;)}]<> \t\r\n");
    private static readonly SearchValues<char> NameLetters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.[]%");

    private static readonly SearchValues<char> AnySign = SearchValues.Create("=:%");
    private static readonly SearchValues<string> AnyBearer = SearchValues.Create([Bearer], StringComparison.OrdinalIgnoreCase);

    private readonly SecretNames _names;
    private readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> _headers;
    private readonly FieldRedactor _fields;
    private readonly QuotedJson _json;
    private readonly Finder[] _finders; // made once, since every exchange has a User-Agent

    /// <param name="names">Of settings, parameters and properties.</param>
    /// <param name="headers">Of header lines.</param>
    /// <param name="fields">For the urls in a message.</param>
    public MessageRedactor(SecretNames names, IEnumerable<string> headers, FieldRedactor fields)
    {
        _names = names;
        _headers = headers.ToFrozenSet(StringComparer.OrdinalIgnoreCase).GetAlternateLookup<ReadOnlySpan<char>>();
        _fields = fields;
        _json = new QuotedJson(names);
        _finders = [FindLabel, FindSetting, FindEscaped, FindBearer];
    }

    private delegate bool Finder(ReadOnlySpan<char> text, ref int at, out int start, out int end);

    /// <summary>Redacts a message, cut to a length before it is read: it may be very long.</summary>
    public string Redact(string message, int length)
    {
        var text = Cut(message, length);
        if (text.AsSpan().IndexOfAny(AnySign) < 0 && !text.AsSpan().ContainsAny(AnyBearer)) return text;
        text = _json.Redact(text);
        foreach (var find in _finders) text = Replace(text, find);
        return FieldRedactor.WithoutUserInfo(text);
    }

    private static string Cut(string message, int length)
    {
        if (message.Length <= length) return message;
        var cut = Bounded.Text(message, length);
        return FieldRedactor.EndsInAuthority(cut, out var start) ? cut[..start] : cut;
    }

    private static string Replace(string text, Finder find)
    {
        StringBuilder? redacted = null;
        var (copied, at) = (0, 0);
        while (find(text, ref at, out var start, out var end))
        {
            redacted ??= new StringBuilder(text.Length);
            redacted.Append(text, copied, start - copied).Append(FieldRedactor.Redacted);
            copied = at = end;
        }

        return redacted is null ? text : redacted.Append(text, copied, text.Length - copied).ToString();
    }

    /// <summary><c>Cookie: …</c> to the end of the line, and <c>password: …</c>, but for everyday names: <c>code: 404</c>.</summary>
    private bool FindLabel(ReadOnlySpan<char> text, ref int at, out int start, out int end)
    {
        (start, end) = (0, 0);
        while (Next(text, ":", ref at))
        {
            var name = text[..at];
            name = name[(name.LastIndexOfAny(NameStarts) + 1)..].Trim("'\"");
            start = PastBlanks(text, ++at);
            if (start == text.Length || IsRedacted(text, start)) continue;
            if (_headers.Contains(name)) end = EndOf(text, start, LineEnds);
            else if (!IsEverydayName(name) && _names.Contains(name) && !IsLoneBracket(text[start..])) end = EndOfSetting(text, start, isListed: false);
            if (start < end) return true;
        }

        return false;
    }

    private bool FindSetting(ReadOnlySpan<char> text, ref int at, out int start, out int end)
    {
        (start, end) = (0, 0);
        var searched = 0; // what stands before hides no secret
        while (Next(text, "=", ref at))
        {
            var name = text[..at].TrimEnd();
            var begins = name.LastIndexOfAny(NameStarts) + 1;
            name = name[begins..];
            if (name.StartsWith(EscapedAmpersand, StringComparison.Ordinal)) name = name[EscapedAmpersand.Length..];
            var isTight = IsTight(text, at);
            start = PastBlanks(text, ++at);
            if (start < text.Length && text[start] == '>') start = PastBlanks(text, start + 1);
            if (start == text.Length || text[start] == '=' || IsRedacted(text, start)) continue;
            if (_names.ContainsField(name))
            {
                end = EndOfSetting(text, start, IsListed(text[..begins].TrimEnd()));
                if (start < end && (!IsEverydayName(name) || (isTight && !IsEverydayValue(text[start..end])))) return true;
            }
            else if (start >= searched)
            {
                searched = end = EndOf(text, start, ValueEnds);
                if (_fields.HidesSecret(text[start..end])) return true;
            }
        }

        return false;
    }

    /// <summary>A url or a parameter that is escaped as a whole.</summary>
    private bool FindEscaped(ReadOnlySpan<char> text, ref int at, out int start, out int end)
    {
        (start, end) = (0, 0);
        while (Next(text, "%", ref at))
        {
            start = text[..at].LastIndexOfAny(NameStarts) + 1;
            at = end = EndOf(text, at, NameStarts);
            if (_fields.HidesSecret(text[start..end])) return true;
        }

        return false;
    }

    private static bool FindBearer(ReadOnlySpan<char> text, ref int at, out int start, out int end)
    {
        (start, end) = (0, 0);
        while (Next(text, Bearer, ref at))
        {
            at += Bearer.Length;
            (start, end) = (at, EndOf(text, at, TokenEnds));
            if (end - start >= ShortestToken) return true;
        }

        return false;
    }

    /// <summary>Whether what stands before is another setting of a list: <c>Server=x;</c>.</summary>
    private static bool IsListed(ReadOnlySpan<char> before)
    {
        if (before is not [.., ';']) return false;
        before = before[..^1];
        return before[(before.LastIndexOfAny(";\r\n") + 1)..].Contains('=');
    }

    /// <summary>Whether no blank stands around a sign, which is that of a setting then rather than of an assignment in code.</summary>
    private static bool IsTight(ReadOnlySpan<char> text, int sign) =>
        sign > 0 && !char.IsWhiteSpace(text[sign - 1]) && sign + 1 < text.Length && !char.IsWhiteSpace(text[sign + 1]) && text[sign + 1] != '>';

    /// <summary>Words that are secrets in urls and bodies, but in messages mostly not: <c>exit code = 1</c>, <c>key => key.Id</c>.</summary>
    private static bool IsEverydayName(ReadOnlySpan<char> name)
    {
        name = name[(name.LastIndexOfAny('.', '[', ':') + 1)..].TrimEnd(']');
        return name.Equals("code", StringComparison.OrdinalIgnoreCase) || name.Equals("key", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>As an exit code or a key of nothing.</summary>
    private static bool IsEverydayValue(ReadOnlySpan<char> value) => value is "null" || (value.Length <= 3 && value.IndexOfAnyExceptInRange('0', '9') < 0);

    /// <summary>As parsers say it: <c>Unexpected token: { at line 3</c>.</summary>
    private static bool IsLoneBracket(ReadOnlySpan<char> value) => value is ['{' or '[', ' ', ..] && value.IndexOfAny("\"'`]}") < 0;

    /// <summary>
    /// A quoted value ends with its quote, an object with its bracket, one in a list of settings before the next semicolon or at the end of its line, one in
    /// a url before the next parameter. Any other ends before a blank or a quote, and before punctuation that may not be its own; the name of a
    /// scheme takes the word behind it along.
    /// </summary>
    private static int EndOfSetting(ReadOnlySpan<char> text, int start, bool isListed)
    {
        if (text[start] is '"' or '\'' or '`' or '\\' or '{' or '[') return QuotedJson.EndOfValue(text, start);
        if (text[start] == '<') return text[start..].IndexOf('>') is > 0 and var length ? start + length + 1 : text.Length;
        var end = EndOf(text, start, ValueEnds);
        var line = text[start..EndOf(text, start, LineEnds)];
        var semicolon = line.IndexOf(';');
        if (semicolon < 0 && isListed) return start + line.Length;
        if (semicolon >= 0 && !line[..semicolon].Contains('=') && line[(semicolon + 1)..].Contains('=')) return start + semicolon;
        if (NextParameter(text[start..end]) is > 0 and var ampersand) return start + ampersand;
        if (IsScheme(text[start..end])) end = EndOf(text, PastBlanks(text, end), ValueEnds);
        while (end > start && text[end - 1] is ',' or ';' or '.' or ')' or '>' or '}' or ']') end--;
        return end;
    }

    /// <summary>Where <c>&amp;name=value</c> follows a value in a url; -1 where an ampersand may as well belong to the value.</summary>
    private static int NextParameter(ReadOnlySpan<char> value)
    {
        var ampersand = value.IndexOf('&');
        if (ampersand < 0) return -1;
        var next = value[(ampersand + 1)..];
        var equals = next.IndexOf('=');
        return equals > 0 && equals < next.Length - 1 && next[equals + 1] != '=' && next[..equals].IndexOfAnyExcept(NameLetters) < 0 ? ampersand : -1;
    }

    private static bool IsRedacted(ReadOnlySpan<char> text, int start) => text[start..].StartsWith(FieldRedactor.Redacted, StringComparison.Ordinal);

    private static bool IsScheme(ReadOnlySpan<char> value) =>
        value.Equals("Bearer", StringComparison.OrdinalIgnoreCase) || value.Equals("Basic", StringComparison.OrdinalIgnoreCase);

    private static bool Next(ReadOnlySpan<char> text, string sign, ref int at)
    {
        var found = text[at..].IndexOf(sign, StringComparison.OrdinalIgnoreCase);
        at += Math.Max(0, found);
        return found >= 0;
    }

    private static int PastBlanks(ReadOnlySpan<char> text, int at)
    {
        while (at < text.Length && text[at] is ' ' or '\t') at++;
        return at;
    }

    private static int EndOf(ReadOnlySpan<char> text, int start, SearchValues<char> ends)
    {
        var length = text[start..].IndexOfAny(ends);
        return length < 0 ? text.Length : start + length;
    }
}
