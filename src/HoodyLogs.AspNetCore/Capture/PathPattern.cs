namespace HoodyLogs.AspNetCore.Capture;

/// <summary>A path of whole segments, with <c>*</c> for one segment and <c>**</c> for any number of them. Ignores case, as routing does.</summary>
internal sealed class PathPattern(string pattern)
{
    private readonly string[] _segments = pattern.Split('/', StringSplitOptions.RemoveEmptyEntries);

    public bool Matches(ReadOnlySpan<char> path) => Matches(_segments, path);

    private static bool Matches(ReadOnlySpan<string> segments, ReadOnlySpan<char> path)
    {
        for (; !segments.IsEmpty; segments = segments[1..])
        {
            if (segments[0] == "**") return MatchesAnywhere(segments[1..], path);
            var segment = Next(ref path);
            if (segment.IsEmpty) return false;
            if (segments[0] != "*" && !segment.Equals(segments[0], StringComparison.OrdinalIgnoreCase)) return false;
        }

        return Next(ref path).IsEmpty;
    }

    private static bool MatchesAnywhere(ReadOnlySpan<string> segments, ReadOnlySpan<char> path)
    {
        // Only the last ** of a pattern may need every position; the work is bounded by segments times segments.
        do
        {
            if (Matches(segments, path)) return true;
        }
        while (!Next(ref path).IsEmpty);
        return false;
    }

    private static ReadOnlySpan<char> Next(ref ReadOnlySpan<char> path)
    {
        path = path.TrimStart('/');
        var end = path.IndexOf('/');
        var segment = end < 0 ? path : path[..end];
        path = path[segment.Length..];
        return segment;
    }
}
