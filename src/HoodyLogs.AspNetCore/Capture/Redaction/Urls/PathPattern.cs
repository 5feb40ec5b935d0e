namespace HoodyLogs.AspNetCore.Capture.Redaction.Urls;

/// <summary>
/// A path of whole segments, with <c>*</c> for one segment or for any letters within one, and <c>**</c> for any number of segments. Ignores case, as
/// routing does. A match takes at most as many steps as there are segments in the path times segments in the pattern.
/// </summary>
internal sealed class PathPattern(string pattern, bool startsAnywhere = false)
{
    private const string AnySegments = "**";

    private readonly string[] _segments =
        [.. startsAnywhere ? [AnySegments] : Array.Empty<string>(), .. pattern.Split('/', StringSplitOptions.RemoveEmptyEntries)];

    /// <summary>Whether it is matched behind any path; its first segment is not part of what was given then.</summary>
    public bool StartsAnywhere { get; } = startsAnywhere;

    /// <summary>How many segments it has.</summary>
    public int Length => _segments.Length;

    public bool Matches(ReadOnlySpan<char> path) => Matches(path, default, out _);

    /// <param name="path">The path, decoded.</param>
    /// <param name="firsts">Takes, for each segment of the pattern, which segment of the path is the first that it matches; may be empty.</param>
    /// <param name="steps">How many segments were compared.</param>
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
                // The last ** takes one segment more. Those before it never need to.
                position = starPosition;
                Next(path, ref position);
                starPosition = position;
                index = ++starIndex;
                at = star + 1;
            }
        }

        for (; at < _segments.Length && _segments[at] == AnySegments; at++)
        {
            if (!firsts.IsEmpty) firsts[at] = index;
        }

        return at == _segments.Length;
    }

    /// <summary>How many letters before and behind its wildcard a segment gives; null where it has none.</summary>
    public (int Before, int Behind)? WildcardAt(int segment)
    {
        var text = _segments[segment];
        var first = text.IndexOf('*', StringComparison.Ordinal);
        return first < 0 ? null : (first, text.Length - text.LastIndexOf('*') - 1);
    }

    /// <summary>The segment of a path that begins at a position, which then is behind it; empty at the end.</summary>
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
