using System.Buffers;
using System.Text;
using System.Text.Json;
using HoodyLogs.AspNetCore.Capture.Redaction.Names;

namespace HoodyLogs.AspNetCore.Capture.Redaction.Json;

/// <summary>Replaces the values of sensitive properties in JSON. Does not change any other byte.</summary>
internal static class JsonRedactor
{
    private const int MaxScannedValues = 32;

    private static ReadOnlySpan<byte> Redacted => "\"[redacted]\""u8;

    private static readonly JsonReaderOptions Options = new() { AllowMultipleValues = true, AllowTrailingCommas = true, MaxDepth = 512 };

    /// <summary>Redacts JSON.</summary>
    /// <param name="json">The text in UTF-8. If it is not whole, an incomplete token at its end is dropped.</param>
    /// <param name="isWhole">Whether this is the whole text.</param>
    /// <param name="names">The sensitive names.</param>
    /// <param name="output">Receives the redacted text. Receives nothing if the text has no sensitive value.</param>
    /// <param name="length">The length of the part of <paramref name="json"/> that is complete. Valid if the output is empty.</param>
    /// <param name="strings">Redacts values that strings quote; null to leave strings as they are.</param>
    /// <returns>False if the text is not JSON, so that its sensitive values are unknown.</returns>
    public static bool TryRedact(
        ReadOnlySpan<byte> json, bool isWhole, SensitiveNames names, IBufferWriter<byte> output, out int length, MessageRedactor? strings = null)
    {
        length = json.Length;
        if (strings is not null && strings.MayContainSensitiveWord(json)) return TryRead(json, isWhole, names, output, out length, strings, searchesWords: true);
        return (isWhole && TryScan(json, names, output, strings is not null)) || TryRead(json, isWhole, names, output, out length, strings);
    }

    private static bool TryScan(ReadOnlySpan<byte> json, SensitiveNames names, IBufferWriter<byte> output, bool rejectsSensitiveStrings)
    {
        Span<(int Start, int End)> values = stackalloc (int, int)[MaxScannedValues];
        if (!JsonScanner.TryScan(json, names, values, out var count, rejectsSensitiveStrings)) return false;
        values = values[..count];
        if (count > 0) _ = output.GetSpan(RedactedLength(json.Length, values)); // reserves the whole length, so that the output grows once
        var copied = 0;
        foreach (var (start, end) in values)
        {
            output.Write(json[copied..start]);
            output.Write(Redacted);
            copied = end;
        }

        if (copied > 0) output.Write(json[copied..]);
        return true;
    }

    private static int RedactedLength(int length, ReadOnlySpan<(int Start, int End)> values)
    {
        foreach (var (start, end) in values) length += Redacted.Length - (end - start);
        return length;
    }

    /// <summary>Redacts JSON by token, for texts that <see cref="JsonScanner"/> rejects.</summary>
    internal static bool TryRead(
        ReadOnlySpan<byte> json, bool isWhole, SensitiveNames names, IBufferWriter<byte> output, out int length, MessageRedactor? strings = null, bool searchesWords = false)
    {
        length = 0;
        var reader = new Utf8JsonReader(json, isWhole, new JsonReaderState(Options));
        var copied = 0;
        var pair = new NameValueObject(names);
        try
        {
            while (reader.Read())
            {
                if (reader.TokenType == JsonTokenType.String && strings is not null)
                {
                    var content = (int)reader.TokenStartIndex + 1;
                    var mayBeSensitive = JsonStringRedactor.MayContainSensitiveValue(json, content, content + reader.ValueSpan.Length, names)
                        || (reader.ValueIsEscaped && JsonStringRedactor.MayContainEscapedSensitiveValue(reader.ValueSpan, names)) || (searchesWords && strings.MayContainSensitiveWord(reader.ValueSpan));
                    if (mayBeSensitive) copied = RedactString(json, content, reader.ValueSpan, copied, strings, output);
                }

                if (!pair.IsSensitiveValue(in reader) && (reader.TokenType != JsonTokenType.PropertyName || !IsSensitive(ref reader, names))) continue;
                if (!reader.Read()) break;
                pair.IsSensitiveValue(in reader); // the name may be a name field too: "key"
                var start = (int)reader.TokenStartIndex;
                output.Write(json[copied..start]);
                output.Write(Redacted);
                var ends = reader.TrySkip();
                copied = ends ? (int)reader.BytesConsumed : json.Length;
                if (!ends) return true;
            }
        }
        catch (JsonException)
        {
            return false;
        }

        length = (int)reader.BytesConsumed;
        if (copied > 0) output.Write(json[copied..length]);
        return true;
    }

    /// <summary>Redacts a string. If it has a sensitive value, writes the text up to the end of the string. Returns the length of the text that is written.</summary>
    private static int RedactString(
        ReadOnlySpan<byte> json, int start, ReadOnlySpan<byte> value, int copied, MessageRedactor strings, IBufferWriter<byte> output)
    {
        var text = Encoding.UTF8.GetString(value);
        var redacted = JsonStringRedactor.Redact(text, strings);
        if (ReferenceEquals(text, redacted)) return copied;
        output.Write(json[copied..start]);
        Encoding.UTF8.GetBytes(redacted, output);
        return start + value.Length;
    }

    private static bool IsSensitive(ref Utf8JsonReader reader, SensitiveNames names)
    {
        if (!reader.ValueIsEscaped) return names.Contains(reader.ValueSpan);
        var name = ArrayPool<char>.Shared.Rent(reader.ValueSpan.Length);
        try
        {
            return names.Contains(name.AsSpan(0, reader.CopyString(name)));
        }
        finally
        {
            ArrayPool<char>.Shared.Return(name);
        }
    }
}

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
