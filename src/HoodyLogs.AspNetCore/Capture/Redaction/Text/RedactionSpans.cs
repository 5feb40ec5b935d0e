using System.Text;

namespace HoodyLogs.AspNetCore.Capture.Redaction.Text;

/// <summary>The places in a text that hold secrets, as the finders report them. Allocates nothing until the first one is found.</summary>
internal struct RedactionSpans
{
    /// <summary>The text that replaces a sensitive value.</summary>
    public const string Placeholder = "[redacted]";

    private List<(int Start, int End)>? _spans;

    public readonly bool IsEmpty => _spans is null;

    /// <summary>How many characters the finders looked at. Tests assert that it grows with the length of a text, whatever the text is.</summary>
    public long Steps { get; private set; }

    /// <summary>The places in order, none overlapping another.</summary>
    public readonly IReadOnlyList<(int Start, int End)> Spans => _spans is null ? [] : Merge(_spans);

    public void Add(int start, int end)
    {
        if (start < end) (_spans ??= []).Add((start, end));
    }

    /// <summary>Adds a place that may be empty: what follows a name where a text was cut.</summary>
    public void AddEvenIfEmpty(int start, int end) => (_spans ??= []).Add((start, end));

    public void CountSteps(int steps) => Steps += steps;

    /// <summary>The text with <c>[redacted]</c> in these places; the same instance where there are none.</summary>
    public readonly string Apply(string text)
    {
        if (_spans is null) return text;
        var redacted = new StringBuilder(text.Length);
        var copied = 0;
        foreach (var (start, end) in Merge(_spans))
        {
            redacted.Append(text, copied, start - copied).Append(Placeholder);
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
