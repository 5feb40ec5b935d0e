using System.Net;
using HoodyLogs.AspNetCore.Capture.Data;
using HoodyLogs.AspNetCore.Capture.Policies;
using HoodyLogs.AspNetCore.Capture.Redaction.Text;

namespace HoodyLogs.AspNetCore.Capture.Logging;

/// <summary>The redacted message of a log record, and the redacted values of its template by name.</summary>
internal sealed class EventAttributes
{
    private const int MaxCount = 32;
    private const int MaxValues = 64;
    private const int MinTextLength = 3;
    private const string Unreadable = "[unreadable]";

    /// <summary>The name under which ASP.NET Core passes the template.</summary>
    private const string TemplateName = "{OriginalFormat}";

    // Values with such names may be the message of an exception.
    private static readonly string[] FailureWords = ["error", "message", "msg", "reason", "detail", "failure", "cause", "stack", "trace", "fault"];

    private readonly CapturePolicy _policy;
    private readonly ExceptionTexts _exceptions;
    private readonly Action<Exception> _onError;
    private readonly List<IPAddress> _addresses = [];
    private readonly List<KeyValuePair<string, object?>> _values = [];
    private readonly List<KeyValuePair<string, object?>> _attributes = [];
    private readonly string? _template;
    private readonly string _substitute;
    private readonly string _source;
    private bool _isTruncated;

    /// <summary>Redacts a log record.</summary>
    /// <param name="values">The values and the template.</param>
    /// <param name="message">The formatted message; null if formatting failed.</param>
    /// <param name="policy">The capture policy.</param>
    /// <param name="exceptions">The exceptions of the log record. Receives the exceptions among the values.</param>
    /// <param name="clients">The client addresses to remove from the texts.</param>
    /// <param name="onError">Receives the exceptions that values throw.</param>
    public EventAttributes(
        IEnumerable<KeyValuePair<string, object?>> values, string? message, CapturePolicy policy, ExceptionTexts exceptions, IEnumerable<IPAddress?> clients,
        Action<Exception> onError)
    {
        (_policy, _exceptions, _onError) = (policy, exceptions, onError);
        _addresses.AddRange(clients.OfType<IPAddress>());
        var simplifier = new AttributeSimplifier(policy.SensitiveNames, exceptions);
        var hasSensitiveName = false;
        var names = new HashSet<string>();
        foreach (var pair in values)
        {
            if (pair.Key == TemplateName) _template = pair.Value as string ?? _template;
            else if (_values.Count < MaxValues) _values.Add(pair);
            if (pair.Key != TemplateName) hasSensitiveName |= AddAttribute(pair.Key ?? "", pair.Value, names, simplifier);
        }

        HideAddresses();
        if (message is not null) message = HideAddresses(message);
        if (_template is not null) _template = HideAddresses(_template);

        // The message may contain the value of a sensitive name. The template does not.
        var isSensitive = hasSensitiveName || simplifier.HasRedacted;
        _substitute = _template ?? (message is null ? Unreadable : RedactionSpans.Replacement);
        _source = message is null || isSensitive ? _substitute : message;
        var redacted = Redact(_source);
        (Message, IsMessageTruncated) = (redacted.Text, _source.Length > TextLimits.Long);
        HideAttributes(redacted.SensitivePlaceholders);
        if (message is not null) HideValuesRedactedInMessage(TextLimits.Truncate(message, TextLimits.Long), isSensitive ? policy.Messages.Redact(message, TextLimits.Long) : Message);
    }

    /// <summary>Copies a log record with other values. Removes the texts of exceptions from the message.</summary>
    private EventAttributes(EventAttributes whole, List<KeyValuePair<string, object?>> shown)
    {
        (_policy, _exceptions, _onError, _isTruncated) = (whole._policy, whole._exceptions, whole._onError, whole._isTruncated);
        (_template, _substitute, _values, _attributes, _addresses) = (whole._template, whole._substitute, whole._values, shown, whole._addresses);
        var isChanged = !shown.SequenceEqual(whole._attributes) || _exceptions.IsContainedIn(whole._source);
        _source = _exceptions.Remove(isChanged ? _substitute : whole._source);
        (Message, IsMessageTruncated) = (Redact(_source).Text, _source.Length > TextLimits.Long);
    }

    /// <summary>The message, or its template if the message contains a sensitive value.</summary>
    public string Message { get; }

    /// <summary>Whether the message was truncated.</summary>
    public bool IsMessageTruncated { get; }

    /// <summary>Returns a copy without the texts of exceptions, or the same instance if there are none.</summary>
    public EventAttributes WithoutExceptions()
    {
        var tail = _exceptions.FindUnknown(_source);
        var isUnknown = tail.Length > 0 || _attributes.Exists(pair => pair.Value is string text && _exceptions.FindUnknown(text).Length > 0);
        if (!isUnknown && !_exceptions.Any && !_attributes.Exists(pair => IsExceptionName(pair.Key))) return this;
        var shown = _attributes.ConvertAll(pair => WithoutException(pair.Key, pair.Value, isUnknown, tail));
        var without = new EventAttributes(this, shown);
        return without._source == _source && shown.SequenceEqual(_attributes) ? this : without;
    }

    /// <summary>Replaces the client addresses in a text, as the options say.</summary>
    public string HideAddresses(string text)
    {
        foreach (var address in _addresses) text = _policy.Addresses.Replace(text, address);
        return text;
    }

    /// <summary>Writes the values to an entry.</summary>
    public void Write(DataWriter data)
    {
        if (_attributes.Count == 0) return;
        var limit = data.Written.Length + TextLimits.Long;
        data.Name("attributes"u8).BeginObject();
        foreach (var (name, value) in _attributes)
        {
            if (data.Written.Length > limit)
            {
                _isTruncated = true;
                break;
            }

            Write(data.Name(name), value);
        }

        data.EndObject();
        if (_isTruncated) data.Name("attributesTruncated"u8).Value(true);
    }

    /// <summary>Adds a value. Returns whether its name is sensitive.</summary>
    private bool AddAttribute(string givenName, object? value, HashSet<string> names, AttributeSimplifier simplifier)
    {
        // Serilog prefixes a name with @ or $ to choose how the value is captured.
        var wholeName = givenName.TrimStart('@', '$');
        var name = TextLimits.Truncate(wholeName, TextLimits.Short);
        _isTruncated |= name.Length < wholeName.Length;
        var isSensitive = false;
        try
        {
            isSensitive = value is not (null or "") && _policy.SensitiveNames.ContainsField(wholeName);
            var shown = isSensitive ? RedactionSpans.Replacement : simplifier.Simplify(value);
            if (!_policy.Addresses.IsFull && (value as IPAddress ?? (value as IPEndPoint)?.Address) is { } address) _addresses.Add(address);
            if (names.Count < MaxCount && names.Add(name)) _attributes.Add(new(name, shown));
            else _isTruncated = true;
        }
#pragma warning disable CA1031 // a host's values may throw anything
        catch (Exception failure)
#pragma warning restore CA1031
        {
            _onError(failure);
            if (names.Count < MaxCount && names.Add(name)) _attributes.Add(new(name, Unreadable));
        }

        return isSensitive;
    }

    private RedactedMessage Redact(string shown)
    {
        try
        {
            return RedactedMessage.Create(_policy.Messages, shown, _template, _values);
        }
#pragma warning disable CA1031 // a host's values may throw anything
        catch (Exception failure)
#pragma warning restore CA1031
        {
            _onError(failure);
            return RedactedMessage.Create(_policy.Messages, _substitute, null, []);
        }
    }

    private void HideAttributes(IReadOnlySet<string> hidden)
    {
        if (hidden.Count == 0) return;
        for (var i = 0; i < _attributes.Count; i++)
        {
            if (_attributes[i].Value is not (null or "") && hidden.Contains(_attributes[i].Key)) _attributes[i] = new(_attributes[i].Key, RedactionSpans.Replacement);
        }
    }

    private void HideAddresses()
    {
        if (_addresses.Count == 0) return;
        for (var i = 0; i < _attributes.Count; i++)
        {
            if (_attributes[i].Value is string text) _attributes[i] = new(_attributes[i].Key, HideAddresses(text));
        }
    }

    /// <summary>Removes the texts of exceptions from a value.</summary>
    /// <param name="name">The name of the value.</param>
    /// <param name="value">The value.</param>
    /// <param name="isUnknown">Whether the texts contain an exception that is not an object of the log record, so that its message is unknown.</param>
    /// <param name="tail">The part of the message that may contain the unknown exception.</param>
    private KeyValuePair<string, object?> WithoutException(string name, object? value, bool isUnknown, string tail)
    {
        var shownName = _exceptions.Remove(name);
        if (value is not string { Length: > 0 } text) return new(shownName, value);
        var hidden = _exceptions.Remove(text);
        if (!ReferenceEquals(hidden, text) || ExceptionPatterns.IsTypeName(text)) return new(shownName, hidden);
        var isHidden = IsExceptionName(name) || _exceptions.IsTruncatedText(text)
            || (isUnknown && (IsFailureName(name) || (text.Length >= MinTextLength && tail.Contains(text, StringComparison.Ordinal))));
        return new(shownName, isHidden ? ExceptionTexts.Replacement : text);
    }

    private static bool IsExceptionName(string name) =>
        name.Contains("exception", StringComparison.OrdinalIgnoreCase) || name.Contains("stacktrace", StringComparison.OrdinalIgnoreCase);

    private static bool IsFailureName(string name) =>
        name.Equals("ex", StringComparison.OrdinalIgnoreCase) || Array.Exists(FailureWords, failure => name.Contains(failure, StringComparison.OrdinalIgnoreCase));

    /// <summary>Hides values that are sensitive because of their position in the message: <c>password={0}</c>.</summary>
    private void HideValuesRedactedInMessage(string message, string redacted)
    {
        if (!redacted.Contains(RedactionSpans.Replacement, StringComparison.Ordinal)) return;
        for (var i = 0; i < _attributes.Count; i++)
        {
            var text = AttributeText.Format(_attributes[i].Value);
            if (text.Length == 0 || !message.Contains(text, StringComparison.Ordinal)) continue;
            var isHidden = !redacted.Contains(_policy.Messages.Redact(text, TextLimits.Short), StringComparison.Ordinal);
            if (isHidden) _attributes[i] = new(_attributes[i].Key, RedactionSpans.Replacement);
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
                _isTruncated |= text.Length > TextLimits.Short;
                data.Value(_policy.Messages.Redact(text, TextLimits.Short));
                break;
            default:
                data.Literal(AttributeText.Format(value));
                break;
        }
    }
}
