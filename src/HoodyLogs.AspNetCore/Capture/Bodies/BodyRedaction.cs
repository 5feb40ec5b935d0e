using System.Buffers;
using System.Text;
using HoodyLogs.AspNetCore.Capture.Redaction.Json;
using HoodyLogs.AspNetCore.Capture.Redaction.Text;

namespace HoodyLogs.AspNetCore.Capture.Bodies;

/// <summary>Redacts UTF-8 text by name. Writes the redacted text to an output, which stays empty if nothing is redacted.</summary>
internal readonly struct BodyRedaction(BodyPolicy policy, BodyBudget budget)
{
    private const byte RecordSeparator = 0x1e; // of RFC 7464
    private const int MaxPrefixLength = 256;

    public PooledBytes CreateBuffer() => new(budget);

    /// <summary>Redacts JSON: one value, several values, lines, or a sequence (RFC 7464).</summary>
    /// <param name="json">The text.</param>
    /// <param name="isWhole">Whether the text is complete.</param>
    /// <param name="output">Receives the redacted text.</param>
    /// <param name="length">The bytes of the text to keep if nothing is redacted.</param>
    /// <returns>False if the text is not JSON.</returns>
    public bool TryJson(ReadOnlySpan<byte> json, bool isWhole, PooledBytes output, out int length)
    {
        if (!Utf8Text.MayQuoteJsonInStrings(json)) return TryValues(json, isWhole, output, out length);

        // A string may contain JSON, as in webhooks and messages of queues.
        using var strings = CreateBuffer();
        RedactStrings(json, strings);
        if (strings.Length == 0) return TryValues(json, isWhole, output, out length);
        if (!TryValues(strings.Span, isWhole, output, out length)) return false;
        if (output.Length == 0) output.Write(strings.Span[..length]);
        return true;
    }

    /// <summary>Redacts JSON after a prefix that prevents script inclusion, such as <c>)]}',</c>, or in a function call (JSONP).</summary>
    /// <param name="text">The text.</param>
    /// <param name="isWhole">Whether the text is complete.</param>
    /// <param name="output">Receives the redacted text.</param>
    /// <param name="length">The bytes of the text to keep if nothing is redacted.</param>
    /// <returns>False if the text is neither.</returns>
    public bool TryWrappedJson(ReadOnlySpan<byte> text, bool isWhole, PooledBytes output, out int length)
    {
        length = text.Length;
        var start = text.IndexOfAny((byte)'{', (byte)'[');
        if (start is <= 0 or > MaxPrefixLength || !IsPrefix(text[..start])) return false;
        var end = isWhole ? text.LastIndexOfAny((byte)'}', (byte)']') + 1 : text.Length;
        if (end <= start || !text[end..].Trim(" \t\r\n);*/"u8).IsEmpty) return false;
        using var inner = CreateBuffer();
        if (!TryJson(text[start..end], isWhole, inner, out var innerLength)) return false;
        length = isWhole ? text.Length : start + innerLength;
        if (inner.Length == 0) return true;
        output.Write(text[..start]);
        output.Write(inner.Span);
        output.Write(text[end..]);
        return true;
    }

    /// <summary>Redacts any text, which may quote settings, JSON or markup.</summary>
    public void RedactText(ReadOnlySpan<byte> text, bool mayBeForm, PooledBytes output)
    {
        var isForm = mayBeForm && Utf8Text.MayBeForm(text);
        using var chars = new PooledChars(text, Encoding.UTF8, isWhole: true, budget);
        var found = default(RedactionSpans);
        if (!isForm) policy.Texts.Find(chars.Span, isDocument: true, ref found);
        if (isForm || !found.IsEmpty) chars.Redact(isForm ? policy.RedactForm : policy.RedactText, output);
    }

    private void RedactStrings(ReadOnlySpan<byte> json, PooledBytes output)
    {
        using var chars = new PooledChars(json, Encoding.UTF8, isWhole: true, budget);
        if (policy.Json.HasMatch(chars.Span)) chars.Redact(policy.RedactStrings, output);
    }

    private bool TryValues(ReadOnlySpan<byte> json, bool isWhole, PooledBytes output, out int length) =>
        json.TrimStart(" \t\r\n"u8) is [RecordSeparator, ..]
            ? TrySequence(json, isWhole, output, out length)
            : JsonRedactor.TryRedact(json, isWhole, policy.Names, output, out length, policy.Texts);

    private bool TrySequence(ReadOnlySpan<byte> sequence, bool isWhole, PooledBytes output, out int length)
    {
        using var record = CreateBuffer();
        var (at, copied) = (0, 0);
        length = 0;
        while (at < sequence.Length)
        {
            var next = sequence[at..].IndexOf(RecordSeparator);
            var end = next < 0 ? sequence.Length : at + next;
            record.Truncate(0);
            var isLast = next < 0;
            if (!JsonRedactor.TryRedact(sequence[at..end], isWhole || !isLast, policy.Names, record, out var recordLength, policy.Texts) && !sequence[at..end].Trim(" \t\r\n"u8).IsEmpty)
            {
                return false;
            }

            if (record.Length > 0)
            {
                output.Write(sequence[copied..at]);
                output.Write(record.Span);
                copied = end;
            }

            length = record.Length == 0 && isLast && !isWhole ? at + recordLength : end;
            at = isLast ? sequence.Length : end + 1;
        }

        if (copied > 0 && copied < length) output.Write(sequence[copied..length]);
        return true;
    }

    private bool IsPrefix(ReadOnlySpan<byte> prefix)
    {
        var text = prefix.Trim(" \t\r\n"u8);
        var isKnown = text.StartsWith(")]}'"u8) || text.StartsWith("for"u8) || text.StartsWith("while"u8) || text.StartsWith("throw"u8) || text.StartsWith("/*"u8);
        if (!isKnown && text is not [.., (byte)'(']) return false;
        var name = Encoding.UTF8.GetString(text);
        return ReferenceEquals(policy.RedactForm(name), name);
    }
}
