using System.Buffers;
using System.Text;
using HoodyLogs.AspNetCore.Capture.Redaction.Finders;
using HoodyLogs.AspNetCore.Capture.Redaction.Names;
using HoodyLogs.AspNetCore.Capture.Redaction.Text;

namespace HoodyLogs.AspNetCore.Capture.Redaction.Urls;

/// <summary>
/// Replaces the values of sensitive parameters in urls and forms. If the end of a value is unclear, redacts more rather than less. Returns the same
/// instance for a text without sensitive values. The work is linear in the length of the text, whatever the text contains.
/// </summary>
internal sealed class FieldRedactor(SensitiveNames names)
{
    private const int MaxNesting = 4;

    private static readonly Syntax PathSyntax = new("/,;&=|", "/?&");
    private static readonly Syntax QuerySyntax = new("/,?!&;#=|\r\n\0", "&");
    private static readonly SearchValues<char> ValueSigns = SearchValues.Create("=%:@");
    private static readonly SearchValues<char> ValueSignsAndTokenLetters = SearchValues.Create("=%:@" + KnownTokenFinder.TokenLetters);
    private static readonly SearchValues<char> SegmentEnds = SearchValues.Create("/?#&");

    private readonly EmbeddedJsonRedactor _embeddedJson = new(names);
    private readonly KeyValueFinder _keyValues = new(names, []);

    /// <summary>
    /// Redacts an absolute url, or a path with a query. Redacts parameters by name, user names and passwords before the host, and tokens. Also reads urls
    /// and JSON that a parameter contains, escaped or not.
    /// </summary>
    public string RedactUrl(string url) => RedactUrl(url, MaxNesting);

    /// <summary>Redacts a body of the type <c>application/x-www-form-urlencoded</c>.</summary>
    public string RedactForm(string form) => RedactTokensAndUserInfo(RedactFields(form, 0, MaxNesting));

    /// <summary>Returns whether a value is JSON, an escaped url or an escaped form that contains a sensitive value.</summary>
    public bool ContainsSensitiveValue(ReadOnlySpan<char> value) => ContainsSensitiveValue(value, MaxNesting);

    /// <summary>Redacts user names, passwords and well-known tokens.</summary>
    private static string RedactTokensAndUserInfo(string text)
    {
        var found = default(RedactionSpans);
        UserInfoFinder.Find(text, ref found);
        KnownTokenFinder.Find(text, ref found);
        return found.Apply(text);
    }

    private string RedactUrl(string url, int nesting)
    {
        // Most urls have neither a parameter nor a token.
        if (url.AsSpan().IndexOfAny(ValueSignsAndTokenLetters) < 0) return url;
        if (url.AsSpan().IndexOfAny(ValueSigns) < 0) return RedactTokensAndUserInfo(url);
        url = RedactSegments(url, nesting);
        var query = url.AsSpan().IndexOfAny('?', '#');
        return RedactTokensAndUserInfo(RedactFields(url, query < 0 ? url.Length : query, nesting));
    }

    /// <summary>
    /// Redacts path segments and parameters without an equals sign. They may be an escaped url (<c>/https%3A%2F%2Fx%2F%3Ftoken%3D…</c>) or an object of
    /// a script (<c>?{password:'x'}</c>).
    /// </summary>
    private string RedactSegments(string url, int nesting)
    {
        StringBuilder? redacted = null;
        var copied = 0;
        for (var escape = url.AsSpan().IndexOfAny('%', ':'); escape >= 0;)
        {
            var start = copied + url.AsSpan(copied, escape - copied).LastIndexOfAny(SegmentEnds) + 1;
            var length = url.AsSpan(escape).IndexOfAny(SegmentEnds);
            var end = length < 0 ? url.Length : escape + length;
            var segment = url.AsSpan(start, end - start);
            if (!segment.Contains('=') && ContainsSensitiveValue(segment, nesting))
            {
                redacted ??= new StringBuilder(url.Length);
                redacted.Append(url, copied, start - copied).Append(RedactionSpans.Replacement);
                copied = end;
            }

            var next = url.AsSpan(end).IndexOfAny('%', ':');
            escape = next < 0 ? -1 : end + next;
        }

        return redacted is null ? url : redacted.Append(url, copied, url.Length - copied).ToString();
    }

    /// <summary>Redacts names with an equals sign and a value.</summary>
    /// <param name="text">The text.</param>
    /// <param name="query">The position at which the path ends and the query begins.</param>
    /// <param name="nesting">How many levels of escaped urls to read.</param>
    private string RedactFields(string text, int query, int nesting)
    {
        StringBuilder? redacted = null;
        var (copied, end, isQuery) = (0, 0, false);
        var searched = 0; // the text before this position was searched for escaped values
        for (var equals = text.IndexOf('='); equals >= 0; equals = text.IndexOf('=', equals + 1))
        {
            var syntax = equals < query ? PathSyntax : QuerySyntax;
            if (equals >= end || isQuery != equals >= query)
            {
                var length = text.AsSpan(equals + 1).IndexOfAny(syntax.Ends);
                (end, isQuery) = (length < 0 ? text.Length : equals + 1 + length, equals >= query);
            }

            var name = text.AsSpan(copied, equals - copied);
            name = name[(name.LastIndexOfAny(syntax.Starts) + 1)..];
            var value = text.AsSpan(equals + 1, end - equals - 1);
            if (value.IsEmpty) continue;
            var isSensitive = names.ContainsField(name);
            if (!isSensitive && equals >= searched)
            {
                isSensitive = ContainsSensitiveValue(value, nesting);
                searched = end;
            }

            if (!isSensitive) continue;
            redacted ??= new StringBuilder(text.Length);
            redacted.Append(text, copied, equals + 1 - copied).Append(RedactionSpans.Replacement);
            copied = end;
            equals = end - 1;
        }

        return redacted is null ? text : redacted.Append(text, copied, text.Length - copied).ToString();
    }

    private bool ContainsSensitiveValue(ReadOnlySpan<char> value, int nesting)
    {
        if (value.Contains(':') && ContainsPair(value)) return true;
        if (nesting == 0 || !value.Contains('%')) return false;
        var inner = Uri.UnescapeDataString(value);
        return ContainsPair(inner) || !ReferenceEquals(RedactUrl(inner, nesting - 1), inner);
    }

    /// <summary>Returns whether a value is JSON, GraphQL or an object of a script that contains a sensitive value.</summary>
    private bool ContainsPair(ReadOnlySpan<char> value)
    {
        if (value.Contains('"') && _embeddedJson.HasMatch(value)) return true;
        return _keyValues.HasMatch(value.Contains('+') ? value.ToString().Replace('+', ' ') : value);
    }

    /// <summary>The characters before a name, and the characters that end a value.</summary>
    private sealed class Syntax(string starts, string ends)
    {
        public SearchValues<char> Starts { get; } = SearchValues.Create(starts);

        public SearchValues<char> Ends { get; } = SearchValues.Create(ends);
    }
}
