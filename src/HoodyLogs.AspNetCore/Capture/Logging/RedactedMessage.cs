using HoodyLogs.AspNetCore.Capture.Redaction;
using HoodyLogs.AspNetCore.Capture.Redaction.Text;

namespace HoodyLogs.AspNetCore.Capture.Logging;

/// <summary>
/// Redacts the message of a log record. The template gives the exact position of each value in the message. If a sensitive value begins with the value of a
/// placeholder, the whole value is redacted.
/// </summary>
internal sealed class RedactedMessage
{
    private const int MinRepeatedLength = 4;

    private readonly MessageRedactor _redactor;
    private readonly HashSet<string> _sensitivePlaceholders = [];

    private RedactedMessage(MessageRedactor redactor) => _redactor = redactor;

    /// <summary>The redacted message.</summary>
    public string Text { get; private set; } = "";

    /// <summary>The names of the placeholders whose values are sensitive because of their position: <c>password={0}</c>.</summary>
    public IReadOnlySet<string> SensitivePlaceholders => _sensitivePlaceholders;

    /// <summary>Redacts a message.</summary>
    /// <param name="redactor">Finds sensitive values.</param>
    /// <param name="message">The message, or the template that replaces it.</param>
    /// <param name="template">The template; null for none.</param>
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
        var placeholders = MessageTemplate.ParsePlaceholders(template);
        if (placeholders.Count == 0) return;
        var isTemplate = message == template;
        var positions = isTemplate ? null : MessageTemplate.Align(template, placeholders, values, message);
        if (positions is not null)
        {
            AddSensitiveParts(placeholders, positions, values, ref found);
            HidePlaceholders(placeholders, positions, ref found);
            HideRepeatedValues(values, ref found);
            return;
        }

        // The positions of the values are unknown. If the template shows that a value is sensitive, the template replaces the message.
        var inTemplate = default(RedactionSpans);
        var truncated = MessageRedactor.Truncate(template, TextLimits.Long);
        _redactor.Find(truncated, isDocument: false, ref inTemplate);
        HidePlaceholders(placeholders, placeholders.ConvertAll(placeholder => (placeholder.Start, placeholder.End)), ref inTemplate);
        if (_sensitivePlaceholders.Count == 0) return;
        Text = truncated;
        found = inTemplate;
    }

    /// <summary>Redacts sensitive parts of single values in the message too. A decoded path with spaces is an example: only the value shows where it ends.</summary>
    private void AddSensitiveParts(
        List<MessageTemplate.Placeholder> placeholders, List<(int Start, int End)> positions, IReadOnlyList<KeyValuePair<string, object?>> values, ref RedactionSpans found)
    {
        for (var i = 0; i < placeholders.Count; i++)
        {
            var (start, end) = positions[i];
            if (end > Text.Length || !MessageTemplate.TryGetValue(placeholders[i], i, values, out var value) || value is not string text || text.Length != end - start) continue;
            var own = default(RedactionSpans);
            _redactor.Find(text, isDocument: false, ref own);
            foreach (var span in own.Spans) found.Add(start + span.Start, start + span.End);
        }
    }

    /// <summary>Redacts the whole values of the placeholders at which a sensitive value begins.</summary>
    private void HidePlaceholders(List<MessageTemplate.Placeholder> placeholders, List<(int Start, int End)> positions, ref RedactionSpans found)
    {
        var spans = found.Spans;
        for (var i = 0; i < placeholders.Count; i++)
        {
            var (start, end) = positions[i];
            if (start >= end) continue;
            foreach (var span in spans)
            {
                if (span.End <= start || (span.Start > start && !IsBlankOrQuote(start, Math.Min(span.Start, end)))) continue;
                found.Add(start, Math.Min(end, Text.Length));
                _sensitivePlaceholders.Add(placeholders[i].Name);
                break;
            }
        }
    }

    /// <summary>Returns whether the text between two positions is only spaces and an opening quote.</summary>
    private bool IsBlankOrQuote(int start, int end)
    {
        if (end > Text.Length) return false;
        var between = Text.AsSpan(start, end - start).TrimStart(' ');
        return between.IsEmpty || Quotes.LengthAtStart(between) == between.Length;
    }

    /// <summary>Redacts other occurrences of a sensitive value.</summary>
    private void HideRepeatedValues(IReadOnlyList<KeyValuePair<string, object?>> values, ref RedactionSpans found)
    {
        if (_sensitivePlaceholders.Count == 0) return;
        foreach (var pair in values)
        {
            if (pair.Value is not string { Length: >= MinRepeatedLength } text || !_sensitivePlaceholders.Contains((pair.Key ?? "").TrimStart('@', '$'))) continue;
            for (var at = Text.IndexOf(text, StringComparison.Ordinal); at >= 0; at = Text.IndexOf(text, at + text.Length, StringComparison.Ordinal))
            {
                found.Add(at, at + text.Length);
            }
        }
    }
}
