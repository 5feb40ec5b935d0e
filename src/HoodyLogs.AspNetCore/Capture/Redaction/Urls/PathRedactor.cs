using System.Buffers;
using HoodyLogs.AspNetCore.Capture.Redaction.Text;

namespace HoodyLogs.AspNetCore.Capture.Redaction.Urls;

/// <summary>
/// Replaces the parts of paths that the wildcards of patterns match, in urls and in texts that quote urls or paths. Compares decoded segments without their
/// parameters (<c>;x=1</c>). Also resolves dot segments and escaped slashes.
/// </summary>
internal sealed class PathRedactor(IEnumerable<string> patterns)
{
    private const int MaxPatternSegmentsOnStack = 64;
    private const int MaxNesting = 4;

    private static readonly SearchValues<char> PathEnds = SearchValues.Create("?#\"'`<> \t\r\n\\");
    private static readonly SearchValues<char> PathStarts = SearchValues.Create(" \t\r\n\"'`([{<>=,:;|");
    private static readonly SearchValues<char> QueryEnds = SearchValues.Create("&#");
    private static readonly SearchValues<char> AuthorityEnds = SearchValues.Create("/ \"'");

    private readonly PathPattern[] _patterns = [.. patterns.Select(static pattern => new PathPattern(pattern))];

    /// <summary>The patterns with any prefix, because the path base of other hosts is unknown.</summary>
    private readonly PathPattern[] _patternsAnywhere = [.. patterns.Select(static pattern => new PathPattern(pattern, startsAnywhere: true))];

    /// <summary>A redactor without patterns.</summary>
    public static PathRedactor None { get; } = new([]);

    /// <summary>Whether there are no patterns.</summary>
    public bool IsEmpty => _patterns.Length == 0;

    /// <summary>Redacts the url of a request: its path, and paths that its query contains.</summary>
    /// <param name="url">The path and query.</param>
    /// <param name="pathBase">The path base of the app. Patterns match with it and without it.</param>
    public string RedactUrl(string url, string? pathBase = null)
    {
        if (IsEmpty) return url;
        var found = default(RedactionSpans);
        var query = url.AsSpan().IndexOfAny('?', '#');
        var end = query < 0 ? url.Length : query;
        FindInPath(url, 0, end, _patterns, ref found);
        if (EndOfPathBase(pathBase, url.AsSpan(0, end)) is > 0 and var rest && rest < end) FindInPath(url, rest, end, _patterns, ref found);
        if (query >= 0) FindInQuery(url, query, MaxNesting, ref found);
        return found.Apply(url);
    }

    /// <summary>Redacts the urls and paths in a text.</summary>
    public string RedactText(string text)
    {
        var found = default(RedactionSpans);
        Find(text, ref found);
        return found.Apply(text);
    }

    /// <summary>Finds the sensitive parts of the urls and paths in a text.</summary>
    public void Find(string text, ref RedactionSpans found)
    {
        if (!IsEmpty) Find(text, MaxNesting, ref found);
    }

    private void Find(string text, int nesting, ref RedactionSpans found)
    {
        for (var at = 0; at < text.Length;)
        {
            var next = text.AsSpan(at).IndexOf('/');
            if (next < 0) return;
            var start = at + next;
            at = start + 1;
            if (start > 0 && !PathStarts.Contains(text[start - 1])) continue;
            if (at < text.Length && text[at] == '/') start = EndOfAuthority(text, at + 1);

            // A text that begins with a slash may be a decoded path with spaces.
            var end = start == 0 ? text.AsSpan().IndexOfAny('?', '#', '\n') : text.AsSpan(start).IndexOfAny(PathEnds);
            at = end < 0 ? text.Length : start + end;
            found.CountSteps(at - start);
            if (!FindInPath(text, start, at, _patternsAnywhere, ref found)) at = FindWithoutPunctuation(text, start, at, ref found);
            if (nesting > 0 && at < text.Length && text[at] == '?') at = FindInQuery(text, at, nesting - 1, ref found);
        }
    }

    /// <summary>Matches a path without its trailing punctuation, and the first word of a text that begins with a slash. Returns the position to continue at.</summary>
    private int FindWithoutPunctuation(string text, int start, int end, ref RedactionSpans found)
    {
        var trimmed = start + text.AsSpan(start, end - start).TrimEnd(".,;:)]}!").Length;
        if (trimmed < end) FindInPath(text, start, trimmed, _patternsAnywhere, ref found);
        if (start > 0) return end;
        var word = text.AsSpan().IndexOfAny(PathEnds);
        if (word <= 0) return end;
        FindInPath(text, 0, word, _patternsAnywhere, ref found);
        return word;
    }

    /// <summary>Returns the position after as many segments as the path base has. The segments may be escaped.</summary>
    private static int EndOfPathBase(string? pathBase, ReadOnlySpan<char> path)
    {
        var (inBase, inPath) = (0, 0);
        while (!PathPattern.Next(pathBase, ref inBase).IsEmpty) PathPattern.Next(path, ref inPath);
        return inPath;
    }

    private static int EndOfAuthority(string text, int start)
    {
        var length = text.AsSpan(start).IndexOfAny(AuthorityEnds);
        return length < 0 ? text.Length : start + length;
    }

    /// <summary>Finds parameters that are paths or urls with a sensitive part. Redacts the whole parameter. Returns the end of the query.</summary>
    private int FindInQuery(string text, int query, int nesting, ref RedactionSpans found)
    {
        var end = text.AsSpan(query).IndexOfAny(' ', '"');
        end = end < 0 ? text.Length : query + end;
        for (var at = query + 1; at < end;)
        {
            var length = text.AsSpan(at, end - at).IndexOfAny(QueryEnds);
            var next = length < 0 ? end : at + length;
            var value = text.AsSpan(at, next - at);
            var equals = value.IndexOf('=') + 1;
            value = value[equals..];
            if (value.IndexOfAny('/', '%') >= 0)
            {
                var inner = default(RedactionSpans);
                Find(Uri.UnescapeDataString(value), nesting, ref inner);
                found.CountSteps((int)inner.Steps);
                if (!inner.IsEmpty) found.Add(at + equals, next);
            }

            at = next + 1;
        }

        return end;
    }

    private static bool FindInPath(string text, int start, int end, PathPattern[] patterns, ref RedactionSpans found)
    {
        var path = text.AsSpan(start, end - start);
        var hasDots = path.Contains("/.", StringComparison.Ordinal) || path.Contains("%2e", StringComparison.OrdinalIgnoreCase);
        var hasSlashes = path.Contains("%2f", StringComparison.OrdinalIgnoreCase) || path.Contains("%5c", StringComparison.OrdinalIgnoreCase)
            || path.Contains('\\');
        var isFound = Find(path, start, patterns, false, false, ref found);
        if (hasDots) isFound |= Find(path, start, patterns, true, false, ref found);
        if (hasSlashes) isFound |= Find(path, start, patterns, false, true, ref found);
        if (hasDots && hasSlashes) isFound |= Find(path, start, patterns, true, true, ref found);
        return isFound;
    }

    private static bool Find(ReadOnlySpan<char> path, int offset, PathPattern[] patterns, bool resolvesDots, bool splitsAtEscapes, ref RedactionSpans found)
    {
        var isPlain = !resolvesDots && !splitsAtEscapes && path.IndexOfAny('%', ';') < 0;
        var segments = isPlain ? null : PathSegments.Parse(path, resolvesDots, splitsAtEscapes);
        var decoded = segments is null ? path : segments.Decoded;
        Span<int> onStack = stackalloc int[MaxPatternSegmentsOnStack];
        var isFound = false;
        foreach (var pattern in patterns)
        {
            var firsts = pattern.Length <= MaxPatternSegmentsOnStack ? onStack : new int[pattern.Length];
            var isMatch = pattern.Matches(decoded, firsts, out var steps);
            found.CountSteps(steps);
            if (!isMatch) continue;
            segments ??= PathSegments.Parse(path, false, false);
            AddWildcards(segments, offset, pattern, firsts, ref found);
            isFound = true;
        }

        return isFound;
    }

    private static void AddWildcards(PathSegments segments, int offset, PathPattern pattern, ReadOnlySpan<int> firsts, ref RedactionSpans found)
    {
        for (var i = pattern.StartsAnywhere ? 1 : 0; i < pattern.Length; i++)
        {
            if (pattern.WildcardAt(i) is not var (before, behind)) continue;
            var last = i + 1 < pattern.Length ? firsts[i + 1] : segments.Count;
            if (firsts[i] >= last) continue;
            var (start, end) = (segments[firsts[i]].Start, segments[last - 1].End);

            // In an escaped segment, the positions of letters differ from the pattern, so the whole segment is redacted.
            if (segments.IsPlain(firsts[i]) && before + behind <= end - start) (start, end) = (start + before, end - behind);
            found.Add(offset + start, offset + end);
        }
    }
}
