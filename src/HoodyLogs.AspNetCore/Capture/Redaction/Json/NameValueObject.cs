using System.Text.Json;
using HoodyLogs.AspNetCore.Capture.Redaction.Names;

namespace HoodyLogs.AspNetCore.Capture.Redaction.Json;

/// <summary>Finds values in JSON whose name is in another property: <c>{"name":"password","value":"x"}</c>, in either order.</summary>
internal struct NameValueObject(SensitiveNames names)
{
    private bool _expectsName;
    private int _sensitiveDepth; // of the object with a sensitive name; 0 for none

    /// <summary>Returns whether a token is the property of a sensitive value. The caller passes each token in order.</summary>
    public bool IsSensitiveValue(in Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.PropertyName)
        {
            _expectsName = NameValueFields.IsNameField(reader.ValueSpan);
            return NameValueFields.IsValueField(reader.ValueSpan) && (_sensitiveDepth == reader.CurrentDepth || IsFollowedBySensitiveName(reader));
        }

        if (reader.TokenType == JsonTokenType.EndObject && reader.CurrentDepth < _sensitiveDepth) _sensitiveDepth = 0;
        if (_expectsName && reader.TokenType == JsonTokenType.String && names.Contains(reader.ValueSpan)) _sensitiveDepth = reader.CurrentDepth;
        _expectsName = false;
        return false;
    }

    /// <summary>Returns whether a sensitive name follows the value. The value must not be an object or array.</summary>
    private readonly bool IsFollowedBySensitiveName(Utf8JsonReader ahead)
    {
        if (!ahead.Read() || ahead.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray) return false;
        if (!ahead.Read() || ahead.TokenType != JsonTokenType.PropertyName || !NameValueFields.IsNameField(ahead.ValueSpan)) return false;
        return ahead.Read() && ahead.TokenType == JsonTokenType.String && names.Contains(ahead.ValueSpan);
    }
}
