using System.Buffers;
using System.Text;
using System.Text.Json;
using HoodyLogs.AspNetCore.Capture.Redaction.Names;

namespace HoodyLogs.AspNetCore.Capture.Redaction.Json;

/// <summary>Replaces the values of secret properties in JSON, token by token, and leaves every other byte as it came.</summary>
internal static class JsonRedactor
{
    private const int MaxScannedValues = 32;

    private static ReadOnlySpan<byte> Redacted => "\"[redacted]\""u8;

    private static readonly JsonReaderOptions Options = new() { AllowMultipleValues = true, AllowTrailingCommas = true, MaxDepth = 512 };

    /// <summary>Redacts what can be read.</summary>
    /// <param name="json">UTF-8; where it is not <paramref name="isWhole"/>, an unfinished last token is dropped.</param>
    /// <param name="isWhole">Whether this is the whole text.</param>
    /// <param name="names">What to redact.</param>
    /// <param name="output">Takes the redacted text; stays empty where nothing had to be redacted.</param>
    /// <param name="length">How much of <paramref name="json"/> stands where nothing had to be redacted.</param>
    /// <param name="strings">Redacts what strings quote; null where they are left as they are.</param>
    /// <returns>False where this is no JSON: then it cannot be told what is secret.</returns>
    public static bool TryRedact(
        ReadOnlySpan<byte> json, bool isWhole, SensitiveNames names, IBufferWriter<byte> output, out int length, MessageRedactor? strings = null)
    {
        length = json.Length;
        if (strings is not null && strings.MayContainSensitiveWord(json)) return TryRead(json, isWhole, names, output, out length, strings, looksForWords: true);
        return (isWhole && TryScan(json, names, output, strings is not null)) || TryRead(json, isWhole, names, output, out length, strings);
    }

    private static bool TryScan(ReadOnlySpan<byte> json, SensitiveNames names, IBufferWriter<byte> output, bool looksIntoStrings)
    {
        Span<(int Start, int End)> secrets = stackalloc (int, int)[MaxScannedValues];
        if (!JsonScanner.TryScan(json, names, secrets, out var count, looksIntoStrings)) return false;
        secrets = secrets[..count];
        if (count > 0) _ = output.GetSpan(RedactedLength(json.Length, secrets)); // room for all at once, rather than growing twice
        var copied = 0;
        foreach (var (start, end) in secrets)
        {
            output.Write(json[copied..start]);
            output.Write(Redacted);
            copied = end;
        }

        if (copied > 0) output.Write(json[copied..]);
        return true;
    }

    private static int RedactedLength(int length, ReadOnlySpan<(int Start, int End)> secrets)
    {
        foreach (var (start, end) in secrets) length += Redacted.Length - (end - start);
        return length;
    }

    /// <summary>The same token by token, for all that <see cref="JsonScanner"/> does not take.</summary>
    internal static bool TryRead(
        ReadOnlySpan<byte> json, bool isWhole, SensitiveNames names, IBufferWriter<byte> output, out int length, MessageRedactor? strings = null, bool looksForWords = false)
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
                    var start = (int)reader.TokenStartIndex + 1;
                    var mayHide = JsonStringRedactor.MayContainSensitiveValue(json, start, start + reader.ValueSpan.Length, names)
                        || (reader.ValueIsEscaped && JsonStringRedactor.MayContainEscapedSensitiveValue(reader.ValueSpan, names)) || (looksForWords && strings.MayContainSensitiveWord(reader.ValueSpan));
                    if (mayHide) copied = RedactString(json, start, reader.ValueSpan, copied, strings, output);
                }

                if (!pair.IsSensitiveValue(in reader) && (reader.TokenType != JsonTokenType.PropertyName || !IsSensitive(ref reader, names))) continue;
                if (!reader.Read()) break;
                pair.IsSensitiveValue(in reader); // "key" is a secret name itself
                var secret = (int)reader.TokenStartIndex;
                output.Write(json[copied..secret]);
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

    /// <summary>Writes all up to the end of a string, if there is a secret in it, and returns what is written by then.</summary>
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
