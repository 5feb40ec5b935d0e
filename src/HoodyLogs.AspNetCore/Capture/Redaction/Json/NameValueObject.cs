using System.Text.Json;
using HoodyLogs.AspNetCore.Capture.Redaction.Names;

namespace HoodyLogs.AspNetCore.Capture.Redaction.Json;

/// <summary>Finds values in JSON whose name stands beside them: <c>{"name":"password","value":"x"}</c>, in either order.</summary>
internal struct NameValueObject(SensitiveNames names)
{
    private bool _expectsName;
    private int _sensitiveDepth; // of the object whose name is a secret; 0 where there is none

    /// <summary>Whether a token is the property of such a value. To be asked for each token in order.</summary>
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

    /// <summary>Whether the name follows right behind a value that is no container.</summary>
    private readonly bool IsFollowedBySensitiveName(Utf8JsonReader ahead)
    {
        if (!ahead.Read() || ahead.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray) return false;
        if (!ahead.Read() || ahead.TokenType != JsonTokenType.PropertyName || !NameValueFields.IsNameField(ahead.ValueSpan)) return false;
        return ahead.Read() && ahead.TokenType == JsonTokenType.String && names.Contains(ahead.ValueSpan);
    }
}
