using System.Text;

namespace HoodyLogs.AspNetCore.Capture.Redaction.Text;

/// <summary>Collects the positions of the sensitive values in a text. Allocates nothing until the first value is found.</summary>
internal struct RedactionSpans
{
    /// <summary>The text that replaces a sensitive value.</summary>
    public const string Replacement = "[redacted]";

    private List<(int Start, int End)>? _spans;

    public readonly bool IsEmpty => _spans is null;

    /// <summary>The number of characters that finders looked at. Tests assert that it is linear in the length of the text.</summary>
    public long Steps { get; private set; }

    /// <summary>The positions in order, without overlaps.</summary>
    public readonly IReadOnlyList<(int Start, int End)> Spans => _spans is null ? [] : Merge(_spans);

    /// <summary>Adds a position, unless it is empty.</summary>
    public void Add(int start, int end)
    {
        if (start < end) (_spans ??= []).Add((start, end));
    }

    /// <summary>Adds a position, even if it is empty: the text may be truncated after the name.</summary>
    public void AddEvenIfEmpty(int start, int end) => (_spans ??= []).Add((start, end));

    /// <summary>Adds to <see cref="Steps"/>.</summary>
    public void CountSteps(int steps) => Steps += steps;

    /// <summary>Returns the text with <c>[redacted]</c> at these positions, or the same instance if there are none.</summary>
    public readonly string Apply(string text)
    {
        if (_spans is null) return text;
        var redacted = new StringBuilder(text.Length);
        var copied = 0;
        foreach (var (start, end) in Merge(_spans))
        {
            redacted.Append(text, copied, start - copied).Append(Replacement);
            copied = end;
        }

        return redacted.Append(text, copied, text.Length - copied).ToString();
    }

    private static List<(int Start, int End)> Merge(List<(int Start, int End)> spans)
    {
        var sorted = new List<(int Start, int End)>(spans);
        sorted.Sort();
        var merged = new List<(int Start, int End)>(sorted.Count);
        foreach (var span in sorted)
        {
            if (merged.Count > 0 && span.Start < merged[^1].End) merged[^1] = (merged[^1].Start, Math.Max(merged[^1].End, span.End));
            else merged.Add(span);
        }

        return merged;
    }
}
