using HoodyLogs.AspNetCore.Capture.Redaction;
using HoodyLogs.AspNetCore.Capture.Redaction.Text;


namespace HoodyLogs.AspNetCore.Capture.Logging;

/// <summary>
/// Redacts the message of a log record. Where a secret begins where the value of a hole begins, all of that value is the secret, whatever stands in it: the
/// extent of the value is known, so nobody has to guess it.
/// </summary>
internal sealed class RedactedMessage
{
    private const int MinRepeatedLength = 4;

    private readonly MessageRedactor _redactor;
    private readonly HashSet<string> _sensitiveHoles = [];

    private RedactedMessage(MessageRedactor redactor) => _redactor = redactor;

    /// <summary>The message.</summary>
    public string Text { get; private set; } = "";

    /// <summary>The names of the holes whose values are secrets for where they stand.</summary>
    public IReadOnlySet<string> SensitiveHoles => _sensitiveHoles;

    /// <param name="redactor">Finds secrets.</param>
    /// <param name="message">The message; the template where that stands in for it.</param>
    /// <param name="template">The template; null where there is none.</param>
    /// <param name="values">The values in order.</param>
    public static RedactedMessage Create(
        MessageRedactor redactor, string message, string? template, IReadOnlyList<KeyValuePair<string, object?>> values)
    {
        var result = new RedactedMessage(redactor);
        var text = MessageRedactor.Truncate(message, TextLimits.Long);
        var found = default(RedactionSpans);
        redactor.Find(text, isDocument: false, ref found);
        result.Text = text;
        if (template is not null && values.Count > 0 && (!found.IsEmpty || redactor.FindsPaths)) result.HideValues(message, template, values, ref found);
        result.Text = found.Apply(result.Text);
        return result;
    }

    private void HideValues(string message, string template, IReadOnlyList<KeyValuePair<string, object?>> values, ref RedactionSpans found)
    {
        var holes = MessageTemplate.ParseHoles(template);
        if (holes.Count == 0) return;
        var isTemplate = message == template;
        var places = isTemplate ? null : MessageTemplate.Align(template, holes, values, message);
        if (places is not null)
        {
            AddSensitiveParts(holes, places, values, ref found);
            HideHoles(holes, places, ref found);
            HideRepeatedValues(values, ref found);
            return;
        }

        // Nobody knows where the values stand: the template shows what is a secret, and stands in for the message then.
        var inTemplate = default(RedactionSpans);
        var cut = MessageRedactor.Truncate(template, TextLimits.Long);
        _redactor.Find(cut, isDocument: false, ref inTemplate);
        HideHoles(holes, holes.ConvertAll(hole => (hole.Start, hole.End)), ref inTemplate);
        if (_sensitiveHoles.Count == 0) return;
        Text = cut;
        found = inTemplate;
    }

    /// <summary>What a value hides by itself, such as a decoded path with blanks, is hidden in the message too.</summary>
    private void AddSensitiveParts(
        List<MessageTemplate.Hole> holes, List<(int Start, int End)> places, IReadOnlyList<KeyValuePair<string, object?>> values, ref RedactionSpans found)
    {
        for (var i = 0; i < holes.Count; i++)
        {
            var (start, end) = places[i];
            if (end > Text.Length || !MessageTemplate.TryGetValue(holes[i], i, values, out var value) || value is not string text || text.Length != end - start) continue;
            var own = default(RedactionSpans);
            _redactor.Find(text, isDocument: false, ref own);
            foreach (var span in own.Spans) found.Add(start + span.Start, start + span.End);
        }
    }

    private void HideHoles(List<MessageTemplate.Hole> holes, List<(int Start, int End)> places, ref RedactionSpans found)
    {
        var spans = found.Spans;
        for (var i = 0; i < holes.Count; i++)
        {
            var (start, end) = places[i];
            if (start >= end) continue;
            foreach (var span in spans)
            {
                if (span.End <= start || (span.Start > start && !IsBlankOrQuote(start, Math.Min(span.Start, end)))) continue;
                found.Add(start, Math.Min(end, Text.Length));
                _sensitiveHoles.Add(holes[i].Name);
                break;
            }
        }
    }

    /// <summary>Whether nothing but blanks of an alignment and a quote stand there.</summary>
    private bool IsBlankOrQuote(int start, int end)
    {
        if (end > Text.Length) return false;
        var between = Text.AsSpan(start, end - start).TrimStart(' ');
        return between.IsEmpty || Quotes.LengthAtStart(between) == between.Length;
    }

    /// <summary>A value that is a secret in one place is a secret in all.</summary>
    private void HideRepeatedValues(IReadOnlyList<KeyValuePair<string, object?>> values, ref RedactionSpans found)
    {
        if (_sensitiveHoles.Count == 0) return;
        foreach (var pair in values)
        {
            if (pair.Value is not string { Length: >= MinRepeatedLength } text || !_sensitiveHoles.Contains((pair.Key ?? "").TrimStart('@', '$'))) continue;
            for (var at = Text.IndexOf(text, StringComparison.Ordinal); at >= 0; at = Text.IndexOf(text, at + text.Length, StringComparison.Ordinal))
            {
                found.Add(at, at + text.Length);
            }
        }
    }
}
