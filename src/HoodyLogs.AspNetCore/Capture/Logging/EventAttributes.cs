using System.Net;
using HoodyLogs.AspNetCore.Capture.Data;
using HoodyLogs.AspNetCore.Capture.Policies;
using HoodyLogs.AspNetCore.Capture.Redaction.Urls;

namespace HoodyLogs.AspNetCore.Capture.Logging;

/// <summary>The message of a log record and the named values that its template was filled with, without the secrets among them.</summary>
internal sealed class EventAttributes
{
    private const int MaxCount = 32;
    private const int MostValues = 64;
    private const int ShortestInTail = 3;
    private const string Unreadable = "[unreadable]";

    /// <summary>The name under which ASP.NET's logging hands over the template itself.</summary>
    private const string TemplateName = "{OriginalFormat}";

    // Values of such names are the message of an exception, where the log record shows one.
    private static readonly string[] FailureNames = ["error", "message", "msg", "reason", "detail", "failure", "cause", "stack", "trace", "fault"];

    private readonly CapturePolicy _rules;
    private readonly ExceptionTexts _exceptions;
    private readonly Action<Exception> _failed;
    private readonly List<IPAddress> _addresses = [];
    private readonly List<KeyValuePair<string, object?>> _given = [];
    private readonly List<KeyValuePair<string, object?>> _shown = [];
    private readonly string? _template;
    private readonly string _standIn;
    private readonly string _source;
    private bool _isCut;

    /// <param name="values">The values, with the template among them.</param>
    /// <param name="message">What was made of them; null where that failed.</param>
    /// <param name="rules">What is secret.</param>
    /// <param name="exceptions">The logged exception; takes those among the values.</param>
    /// <param name="clients">The addresses of the client of the exchange that must not stand in the texts.</param>
    /// <param name="failed">Takes what a value throws.</param>
    public EventAttributes(
        IEnumerable<KeyValuePair<string, object?>> values, string? message, CapturePolicy rules, ExceptionTexts exceptions, IEnumerable<IPAddress?> clients,
        Action<Exception> failed)
    {
        (_rules, _exceptions, _failed) = (rules, exceptions, failed);
        _addresses.AddRange(clients.OfType<IPAddress>());
        var hasSecret = false;
        var names = new HashSet<string>();
        foreach (var pair in values)
        {
            if (pair.Key == TemplateName) _template = pair.Value as string ?? _template;
            else if (_given.Count < MostValues) _given.Add(pair);
            if (pair.Key != TemplateName) Take(pair.Key ?? "", pair.Value, names, ref hasSecret);
        }

        HideAddresses();
        if (message is not null) message = HideAddresses(message);
        if (_template is not null) _template = HideAddresses(_template);

        // A message with the value of a secret name gives way to its template.
        _standIn = _template ?? (message is null ? Unreadable : FieldRedactor.Redacted);
        _source = message is null || hasSecret ? _standIn : message;
        var redacted = Redact(_source);
        (Message, MessageIsCut) = (redacted.Text, _source.Length > TextLimits.Long);
        Hide(redacted.Hidden);
        if (message is not null) HideWhatIsHidden(TextLimits.Text(message, TextLimits.Long), hasSecret ? rules.Messages.Redact(message, TextLimits.Long) : Message);
    }

    /// <summary>The same with other values, and a message without the texts of exceptions.</summary>
    private EventAttributes(EventAttributes whole, List<KeyValuePair<string, object?>> shown)
    {
        (_rules, _exceptions, _failed, _isCut) = (whole._rules, whole._exceptions, whole._failed, whole._isCut);
        (_template, _standIn, _given, _shown, _addresses) = (whole._template, whole._standIn, whole._given, shown, whole._addresses);
        var isChanged = !shown.SequenceEqual(whole._shown) || _exceptions.AreIn(whole._source);
        _source = _exceptions.Hide(isChanged ? _standIn : whole._source);
        (Message, MessageIsCut) = (Redact(_source).Text, _source.Length > TextLimits.Long);
    }

    /// <summary>The message as it was made, or its template where a secret is among the values.</summary>
    public string Message { get; }

    public bool MessageIsCut { get; }

    /// <summary>These without the texts of exceptions; the same instance where there are none.</summary>
    public EventAttributes WithoutExceptions()
    {
        var tail = _exceptions.UnknownIn(_source);
        var isUnknown = tail.Length > 0 || _shown.Exists(pair => pair.Value is string text && _exceptions.UnknownIn(text).Length > 0);
        if (!isUnknown && !_exceptions.Any && !_shown.Exists(pair => NamesException(pair.Key))) return this;
        var shown = _shown.ConvertAll(pair => WithoutException(pair.Key, pair.Value, isUnknown, tail));
        var without = new EventAttributes(this, shown);
        return without._source == _source && shown.SequenceEqual(_shown) ? this : without;
    }

    /// <summary>A text without the addresses that are not shown.</summary>
    public string HideAddresses(string text)
    {
        foreach (var address in _addresses) text = _rules.Addresses.Hide(text, address);
        return text;
    }

    public void Write(DataWriter data)
    {
        if (_shown.Count == 0) return;
        var limit = data.Written.Length + TextLimits.Long;
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

    private void Take(string given, object? value, HashSet<string> names, ref bool hasSecret)
    {
        // Some loggers put a sign before the name, for "as an object" or "as text".
        var whole = given.TrimStart('@', '$');
        var name = TextLimits.Text(whole, TextLimits.Short);
        _isCut |= name.Length < whole.Length;
        try
        {
            var isSecret = value is not (null or "") && _rules.Secrets.ContainsField(whole);
            hasSecret |= isSecret;
            var shown = isSecret ? FieldRedactor.Redacted : AttributeText.Simplify(value, _rules.Secrets, _exceptions, ref hasSecret);
            if (!_rules.Addresses.IsFull && (value as IPAddress ?? (value as IPEndPoint)?.Address) is { } address) _addresses.Add(address);
            if (names.Count < MaxCount && names.Add(name)) _shown.Add(new(name, shown));
            else _isCut = true;
        }
#pragma warning disable CA1031 // a host's values may throw anything
        catch (Exception failure)
#pragma warning restore CA1031
        {
            _failed(failure);
            if (names.Count < MaxCount && names.Add(name)) _shown.Add(new(name, Unreadable));
        }
    }

    private RedactedMessage Redact(string shown)
    {
        try
        {
            return RedactedMessage.Of(_rules.Messages, shown, _template, _given);
        }
#pragma warning disable CA1031 // a host's values may throw anything
        catch (Exception failure)
#pragma warning restore CA1031
        {
            _failed(failure);
            return RedactedMessage.Of(_rules.Messages, _standIn, null, []);
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

    private void HideAddresses()
    {
        if (_addresses.Count == 0) return;
        for (var i = 0; i < _shown.Count; i++)
        {
            if (_shown[i].Value is string text) _shown[i] = new(_shown[i].Key, HideAddresses(text));
        }
    }

    /// <param name="name">The name of a value.</param>
    /// <param name="value">The value.</param>
    /// <param name="isUnknown">Whether an exception was written into the texts that is not there as an object, so that its message is not known.</param>
    /// <param name="tail">What such a message may stand in.</param>
    private KeyValuePair<string, object?> WithoutException(string name, object? value, bool isUnknown, string tail)
    {
        var shownName = _exceptions.Hide(name);
        if (value is not string { Length: > 0 } text) return new(shownName, value);
        var hidden = _exceptions.Hide(text);
        if (!ReferenceEquals(hidden, text) || ExceptionPatterns.IsTypeName(text)) return new(shownName, hidden);
        var isHidden = NamesException(name) || _exceptions.BeginWith(text)
            || (isUnknown && (NamesFailure(name) || (text.Length >= ShortestInTail && tail.Contains(text, StringComparison.Ordinal))));
        return new(shownName, isHidden ? ExceptionTexts.Hidden : text);
    }

    private static bool NamesException(string name) =>
        name.Contains("exception", StringComparison.OrdinalIgnoreCase) || name.Contains("stacktrace", StringComparison.OrdinalIgnoreCase);

    private static bool NamesFailure(string name) =>
        name.Equals("ex", StringComparison.OrdinalIgnoreCase) || Array.Exists(FailureNames, failure => name.Contains(failure, StringComparison.OrdinalIgnoreCase));

    /// <summary>A value may be a secret for where it stands in the message, as in <c>password={0}</c>.</summary>
    private void HideWhatIsHidden(string message, string redacted)
    {
        if (!redacted.Contains(FieldRedactor.Redacted, StringComparison.Ordinal)) return;
        for (var i = 0; i < _shown.Count; i++)
        {
            var text = AttributeText.Of(_shown[i].Value);
            if (text.Length == 0 || !message.Contains(text, StringComparison.Ordinal)) continue;
            var isHidden = !redacted.Contains(_rules.Messages.Redact(text, TextLimits.Short), StringComparison.Ordinal);
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
                _isCut |= text.Length > TextLimits.Short;
                data.Value(_rules.Messages.Redact(text, TextLimits.Short));
                break;
            default:
                data.Literal(AttributeText.Of(value));
                break;
        }
    }
}
