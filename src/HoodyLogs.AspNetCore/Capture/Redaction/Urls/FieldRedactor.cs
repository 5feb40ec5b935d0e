using System.Buffers;
using System.Text;
using HoodyLogs.AspNetCore.Capture.Redaction.Finders;
using HoodyLogs.AspNetCore.Capture.Redaction.Names;
using HoodyLogs.AspNetCore.Capture.Redaction.Text;

namespace HoodyLogs.AspNetCore.Capture.Redaction.Urls;

/// <summary>
/// Replaces the values of secret names in urls and forms. In doubt about where a value ends it takes more away rather than less. Text without
/// secrets comes back as the same instance. The work grows with the length of the text, whatever stands in it.
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

    /// <summary>A url, or a target: parameters by name, also those of an escaped url or JSON within another, and user info.</summary>
    public string RedactUrl(string url) => RedactUrl(url, MaxNesting);

    /// <summary>A body of the type application/x-www-form-urlencoded.</summary>
    public string RedactForm(string form) => RedactTokensAndUserInfo(RedactFields(form, 0, MaxNesting));

    /// <summary>Whether a value is JSON, or an escaped url or form, with a secret in it.</summary>
    public bool ContainsSensitiveValue(ReadOnlySpan<char> value) => ContainsSensitiveValue(value, MaxNesting);

    /// <summary>Takes user info and tokens of well-known shapes out of a text.</summary>
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
    /// Segments and parameters without an equals sign: escaped as a whole, as a url is that stands in the path of another
    /// (<c>/https%3A%2F%2Fx%2F%3Ftoken%3D…</c>), or with names and values as scripts write them (<c>?{password:'x'}</c>).
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
                redacted.Append(url, copied, start - copied).Append(RedactionSpans.Placeholder);
                copied = end;
            }

            var next = url.AsSpan(end).IndexOfAny('%', ':');
            escape = next < 0 ? -1 : end + next;
        }

        return redacted is null ? url : redacted.Append(url, copied, url.Length - copied).ToString();
    }

    /// <summary>What stands before <paramref name="query"/> has the syntax of a path.</summary>
    private string RedactFields(string text, int query, int nesting)
    {
        StringBuilder? redacted = null;
        var (copied, end, isQuery) = (0, 0, false);
        var searched = 0; // what stands before is no text that hides a secret
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
            var isSecret = names.ContainsField(name);
            if (!isSecret && equals >= searched)
            {
                isSecret = ContainsSensitiveValue(value, nesting);
                searched = end;
            }

            if (!isSecret) continue;
            redacted ??= new StringBuilder(text.Length);
            redacted.Append(text, copied, equals + 1 - copied).Append(RedactionSpans.Placeholder);
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

    /// <summary>Whether a value is JSON, GraphQL or the literal of an object with a secret in it.</summary>
    private bool ContainsPair(ReadOnlySpan<char> value)
    {
        if (value.Contains('"') && _embeddedJson.HasMatch(value)) return true;
        return _keyValues.HasMatch(value.Contains('+') ? value.ToString().Replace('+', ' ') : value);
    }

    /// <summary>After which characters a name begins, and before which a value ends.</summary>
    private sealed class Syntax(string starts, string ends)
    {
        public SearchValues<char> Starts { get; } = SearchValues.Create(starts);

        public SearchValues<char> Ends { get; } = SearchValues.Create(ends);
    }
}
