using System.Text;

namespace HoodyLogs.AspNetCore.Capture.Redaction.Urls;

/// <summary>The segments of a path: their positions, and their decoded text.</summary>
internal sealed class PathSegments
{
    private const int EscapeLength = 3;

    private readonly List<(int Start, int End, bool IsPlain)> _segments = [];

    /// <summary>The decoded path.</summary>
    public string Decoded { get; private set; } = "";

    public int Count => _segments.Count;

    public (int Start, int End) this[int index] => (_segments[index].Start, _segments[index].End);

    /// <summary>Returns whether a segment has no escapes and no parameters.</summary>
    public bool IsPlain(int index) => _segments[index].IsPlain;

    /// <summary>Parses a path.</summary>
    /// <param name="path">The path as received.</param>
    /// <param name="resolvesDots">Whether <c>..</c> removes the segment before it, as in most servers.</param>
    /// <param name="splitsAtEscapes">Whether <c>%2F</c> and <c>%5C</c> separate segments, as in some servers.</param>
    public static PathSegments Parse(ReadOnlySpan<char> path, bool resolvesDots, bool splitsAtEscapes)
    {
        var result = new PathSegments();
        var texts = new List<string>();
        for (var at = 0; at < path.Length;)
        {
            var length = SegmentLength(path[at..], splitsAtEscapes, out var separator);
            if (length > 0) result.Add(path.Slice(at, length), at, resolvesDots, texts);
            at += length + separator;
        }

        var decoded = new StringBuilder(path.Length);
        foreach (var text in texts) decoded.Append('/').Append(text);
        result.Decoded = decoded.ToString();
        return result;
    }

    private static int SegmentLength(ReadOnlySpan<char> path, bool splitsAtEscapes, out int separator)
    {
        separator = 1;
        if (!splitsAtEscapes) return path.IndexOf('/') is >= 0 and var slash ? slash : path.Length;
        for (var at = 0; at < path.Length; at++)
        {
            var next = path[at..].IndexOfAny('/', '%', '\\');
            if (next < 0) break;
            at += next;
            if (path[at] != '%') return at;
            var escape = path[at..];
            separator = EscapeLength;
            if (escape.StartsWith("%2f", StringComparison.OrdinalIgnoreCase) || escape.StartsWith("%5c", StringComparison.OrdinalIgnoreCase)) return at;
            separator = 1;
        }

        return path.Length;
    }

    private void Add(ReadOnlySpan<char> segment, int start, bool resolvesDots, List<string> texts)
    {
        var semicolon = segment.IndexOf(';');
        var name = semicolon > 0 ? segment[..semicolon] : segment;
        var isEscaped = name.Contains('%');
        var text = isEscaped ? Uri.UnescapeDataString(name).Replace('/', '\u2215') : name.ToString(); // an escaped slash does not separate segments
        if (resolvesDots && text == ".") return;
        if (resolvesDots && text == "..")
        {
            if (_segments.Count == 0) return;
            _segments.RemoveAt(_segments.Count - 1);
            texts.RemoveAt(texts.Count - 1);
            return;
        }

        _segments.Add((start, start + segment.Length, !isEscaped && semicolon < 0));
        texts.Add(text);
    }
}
