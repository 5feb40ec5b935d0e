using HoodyLogs.AspNetCore.Capture.Redaction;

namespace HoodyLogs.AspNetCore.Capture.Logging;

/// <summary>The message of a log record and the named values that its template was filled with, without the secrets among them.</summary>
internal sealed class EventAttributes
{
    private const int MaxCount = 32;
    private const int MostValues = 64;
    private const string Unreadable = "[unreadable]";

    /// <summary>The name under which ASP.NET's logging hands over the template itself.</summary>
    private const string TemplateName = "{OriginalFormat}";

    private readonly CaptureRules _rules;
    private readonly List<KeyValuePair<string, object?>> _shown = [];
    private bool _isCut;

    /// <param name="values">The values, with the template among them.</param>
    /// <param name="message">What was made of them; null where that failed.</param>
    /// <param name="rules">What is secret.</param>
    /// <param name="failed">Takes what a value throws.</param>
    public EventAttributes(IEnumerable<KeyValuePair<string, object?>> values, string? message, CaptureRules rules, Action<Exception> failed)
    {
        _rules = rules;
        string? template = null;
        var hasSecret = false;
        var names = new HashSet<string>();
        var given = new List<KeyValuePair<string, object?>>();
        foreach (var pair in values)
        {
            if (pair.Key == TemplateName) template = pair.Value as string ?? template;
            else if (given.Count < MostValues) given.Add(pair);
            if (pair.Key != TemplateName) Take(pair.Key ?? "", pair.Value, names, ref hasSecret, failed);
        }

        // A message with the value of a secret name gives way to its template.
        var shown = message is null || hasSecret ? template ?? (message is null ? Unreadable : FieldRedactor.Redacted) : message;
        MessageIsCut = shown.Length > Bounded.Long;
        var redacted = Redact(shown, template, given, failed);
        Message = redacted.Text;
        Hide(redacted.Hidden);
        if (message is not null) HideWhatIsHidden(Bounded.Text(message, Bounded.Long), hasSecret ? rules.Messages.Redact(message, Bounded.Long) : Message);
    }

    /// <summary>The message as it was made, or its template where a secret is among the values.</summary>
    public string Message { get; }

    public bool MessageIsCut { get; }

    public void Write(DataWriter data)
    {
        if (_shown.Count == 0) return;
        var limit = data.Written.Length + Bounded.Long;
        data.Name("attributes"u8).BeginObject();
        foreach (var (name, value) in _shown)
        {
            if (data.Written.Length > limit)
            {
                _isCut = true;
                break;
            }

            Write(data.Name(name), value);
        }

        data.EndObject();
        if (_isCut) data.Name("attributesTruncated"u8).Value(true);
    }

    private void Take(string given, object? value, HashSet<string> names, ref bool hasSecret, Action<Exception> failed)
    {
        // Some loggers put a sign before the name, for "as an object" or "as text".
        var whole = given.TrimStart('@', '$');
        var name = Bounded.Text(whole, Bounded.Short);
        _isCut |= name.Length < whole.Length;
        try
        {
            var isSecret = value is not (null or "") && _rules.Secrets.ContainsField(whole);
            hasSecret |= isSecret;
            var shown = isSecret ? FieldRedactor.Redacted : AttributeText.Simplify(value, _rules.Secrets, ref hasSecret);
            if (names.Count < MaxCount && names.Add(name)) _shown.Add(new(name, shown));
            else _isCut = true;
        }
#pragma warning disable CA1031 // a host's values may throw anything
        catch (Exception failure)
#pragma warning restore CA1031
        {
            failed(failure);
            if (names.Count < MaxCount && names.Add(name)) _shown.Add(new(name, Unreadable));
        }
    }

    private RedactedMessage Redact(string shown, string? template, List<KeyValuePair<string, object?>> given, Action<Exception> failed)
    {
        try
        {
            return RedactedMessage.Of(_rules.Messages, shown, template, given);
        }
#pragma warning disable CA1031 // a host's values may throw anything
        catch (Exception failure)
#pragma warning restore CA1031
        {
            failed(failure);
            return RedactedMessage.Of(_rules.Messages, template ?? FieldRedactor.Redacted, null, []);
        }
    }

    private void Hide(IReadOnlySet<string> hidden)
    {
        if (hidden.Count == 0) return;
        for (var i = 0; i < _shown.Count; i++)
        {
            if (_shown[i].Value is not (null or "") && hidden.Contains(_shown[i].Key)) _shown[i] = new(_shown[i].Key, FieldRedactor.Redacted);
        }
    }

    /// <summary>A value may be a secret for where it stands in the message, as in <c>password={0}</c>.</summary>
    private void HideWhatIsHidden(string message, string redacted)
    {
        if (!redacted.Contains(FieldRedactor.Redacted, StringComparison.Ordinal)) return;
        for (var i = 0; i < _shown.Count; i++)
        {
            var text = AttributeText.Of(_shown[i].Value);
            if (text.Length == 0 || !message.Contains(text, StringComparison.Ordinal)) continue;
            var isHidden = !redacted.Contains(_rules.Messages.Redact(text, Bounded.Short), StringComparison.Ordinal);
            if (isHidden) _shown[i] = new(_shown[i].Key, FieldRedactor.Redacted);
        }
    }

    private void Write(DataWriter data, object? value)
    {
        switch (value)
        {
            case null:
                data.Literal("null");
                break;
            case bool flag:
                data.Value(flag);
                break;
            case string text:
                _isCut |= text.Length > Bounded.Short;
                data.Value(_rules.Messages.Redact(text, Bounded.Short));
                break;
            default:
                data.Literal(AttributeText.Of(value));
                break;
        }
    }
}
