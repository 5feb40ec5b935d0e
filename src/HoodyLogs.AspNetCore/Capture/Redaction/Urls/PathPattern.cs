namespace HoodyLogs.AspNetCore.Capture.Redaction.Urls;

/// <summary>
/// A pattern for whole paths. <c>*</c> matches one segment, or any characters in a segment. <c>**</c> matches any number of segments. Ignores case, as routing
/// does. The steps of a match are at most the segments of the path times the segments of the pattern.
/// </summary>
internal sealed class PathPattern(string pattern, bool startsAnywhere = false)
{
    private const string AnySegments = "**";

    private readonly string[] _segments =
        [.. startsAnywhere ? [AnySegments] : Array.Empty<string>(), .. pattern.Split('/', StringSplitOptions.RemoveEmptyEntries)];

    /// <summary>Whether the pattern matches after any prefix. Then its first segment is an added <c>**</c>.</summary>
    public bool StartsAnywhere { get; } = startsAnywhere;

    /// <summary>The number of segments.</summary>
    public int Length => _segments.Length;

    /// <summary>Returns whether the pattern matches a path.</summary>
    public bool Matches(ReadOnlySpan<char> path) => Matches(path, default, out _);

    /// <summary>Returns whether the pattern matches a path, and where.</summary>
    /// <param name="path">The decoded path.</param>
    /// <param name="firsts">Receives, for each segment of the pattern, the index of the first segment of the path that it matches. May be empty.</param>
    /// <param name="steps">The number of segments compared.</param>
    public bool Matches(ReadOnlySpan<char> path, Span<int> firsts, out int steps)
    {
        var (at, index, position) = (0, 0, 0);
        var (star, starIndex, starPosition) = (-1, 0, 0);
        for (steps = 0; ; steps++)
        {
            var start = position;
            var segment = Next(path, ref position);
            if (segment.IsEmpty) break;
            if (at < _segments.Length && _segments[at] == AnySegments)
            {
                if (at == _segments.Length - 1 && firsts.IsEmpty) return true;
                (star, starIndex, starPosition) = (at, index, start);
                if (!firsts.IsEmpty) firsts[at] = index;
                at++;
                position = start;
            }
            else if (at < _segments.Length && IsMatch(_segments[at], segment))
            {
                if (!firsts.IsEmpty) firsts[at] = index;
                at++;
                index++;
            }
            else if (star < 0)
            {
                return false;
            }
            else
            {
                // The last ** matches one more segment. Earlier ones never need to.
                position = starPosition;
                Next(path, ref position);
                starPosition = position;
                index = ++starIndex;
                at = star + 1;
            }
        }

        return MatchesEnd(at, index, firsts);
    }

    /// <summary>Returns whether the pattern from a segment on matches the end of a path. Only <c>**</c> does.</summary>
    private bool MatchesEnd(int at, int index, Span<int> firsts)
    {
        for (; at < _segments.Length && _segments[at] == AnySegments; at++)
        {
            if (!firsts.IsEmpty) firsts[at] = index;
        }

        return at == _segments.Length;
    }

    /// <summary>Returns the number of characters before and after the wildcards of a segment, or null if it has no wildcard.</summary>
    public (int Before, int Behind)? WildcardAt(int segment)
    {
        var text = _segments[segment];
        var first = text.IndexOf('*', StringComparison.Ordinal);
        return first < 0 ? null : (first, text.Length - text.LastIndexOf('*') - 1);
    }

    /// <summary>Returns the next segment of a path and moves the position after it. Returns an empty segment at the end.</summary>
    public static ReadOnlySpan<char> Next(ReadOnlySpan<char> path, ref int position)
    {
        var rest = path[position..];
        var start = rest.IndexOfAnyExcept('/');
        if (start < 0)
        {
            position = path.Length;
            return default;
        }

        var length = rest[start..].IndexOf('/');
        if (length < 0) length = rest.Length - start;
        position += start + length;
        return rest.Slice(start, length);
    }

    private static bool IsMatch(string pattern, ReadOnlySpan<char> segment) => pattern == "*"
        || (pattern.Contains('*', StringComparison.Ordinal) ? IsGlobMatch(pattern, segment) : segment.Equals(pattern, StringComparison.OrdinalIgnoreCase));

    private static bool IsGlobMatch(ReadOnlySpan<char> pattern, ReadOnlySpan<char> text)
    {
        var (at, star, starText) = (0, -1, 0);
        for (var i = 0; i < text.Length;)
        {
            if (at < pattern.Length && pattern[at] == '*')
            {
                (star, starText) = (at++, i);
            }
            else if (at < pattern.Length && char.ToUpperInvariant(pattern[at]) == char.ToUpperInvariant(text[i]))
            {
                at++;
                i++;
            }
            else if (star < 0)
            {
                return false;
            }
            else
            {
                (at, i) = (star + 1, ++starText);
            }
        }

        return pattern[at..].IndexOfAnyExcept('*') < 0;
    }
}
