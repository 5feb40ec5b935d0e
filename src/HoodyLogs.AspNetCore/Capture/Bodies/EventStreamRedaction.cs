using System.Buffers;

namespace HoodyLogs.AspNetCore.Capture.Bodies;

/// <summary>Redacts server-sent events one by one: JSON in their data, text in all other fields. Lines without secrets stay unchanged.</summary>
internal static class EventStreamRedaction
{
    private static ReadOnlySpan<byte> Data => "data"u8;

    /// <summary>Redacts an event stream.</summary>
    /// <param name="text">The stream.</param>
    /// <param name="isWhole">Whether the stream is complete. If not, its last line may be cut.</param>
    /// <param name="redaction">Redacts the values.</param>
    /// <param name="output">Receives the whole redacted stream.</param>
    public static void Redact(ReadOnlySpan<byte> text, bool isWhole, BodyRedaction redaction, PooledBytes output)
    {
        using var buffer = redaction.CreateBuffer();
        using var joined = redaction.CreateBuffer();
        while (!text.IsEmpty)
        {
            var length = EventLength(text);
            RedactEvent(text[..length], isWhole || length < text.Length, redaction, (joined, buffer, output));
            text = text[length..];
        }
    }

    /// <summary>Returns the length of the first event, including its empty line.</summary>
    private static int EventLength(ReadOnlySpan<byte> text)
    {
        for (var at = 0; at < text.Length;)
        {
            var line = LineLength(text[at..], out var content);
            at += line;
            if (content == 0) return at;
        }

        return text.Length;
    }

    private static void RedactEvent(
        ReadOnlySpan<byte> block, bool isWhole, BodyRedaction redaction, (PooledBytes Joined, PooledBytes Buffer, PooledBytes Output) buffers)
    {
        var (joined, buffer, output) = buffers;
        var lines = Join(block, joined);
        if (lines > 1)
        {
            // Several data lines form one value.
            buffer.Truncate(0);
            var kept = RedactValue(joined.Span, isWhole, redaction, buffer);
            var isCut = kept < joined.Length; // the rest of its last line may be the beginning of a secret
            if (isCut && buffer.Length == 0) buffer.Write(joined.Span[..kept]);
            if (isCut || buffer.Length > 0)
            {
                WriteData(buffer.Span, output);
                block = WithoutData(block, joined);
            }
        }

        while (!block.IsEmpty)
        {
            var length = LineLength(block, out var content);
            var line = block[..content];
            var start = ValueStart(line);
            buffer.Truncate(0);
            var kept = RedactValue(line[start..], isWhole || length < block.Length, redaction, buffer);
            output.Write(line[..start]);
            output.Write(buffer.Length > 0 ? buffer.Span : line.Slice(start, kept));
            output.Write(block[content..length]);
            block = block[length..];
        }
    }

    /// <returns>The bytes of the value to keep if nothing is redacted.</returns>
    private static int RedactValue(ReadOnlySpan<byte> value, bool isWhole, BodyRedaction redaction, PooledBytes buffer)
    {
        if (Utf8Text.LooksLikeJson(value) && redaction.TryJson(value, isWhole, buffer, out var length)) return length;
        buffer.Truncate(0);
        redaction.RedactText(value, mayBeForm: true, buffer);
        return value.Length;
    }

    /// <summary>Joins the data lines of an event.</summary>
    /// <returns>The number of data lines.</returns>
    private static int Join(ReadOnlySpan<byte> block, PooledBytes joined)
    {
        joined.Truncate(0);
        var lines = 0;
        while (!block.IsEmpty)
        {
            var length = LineLength(block, out var content);
            if (IsData(block[..content]))
            {
                if (lines++ > 0) joined.Write("\n"u8);
                joined.Write(block[ValueStart(block[..content])..content]);
            }

            block = block[length..];
        }

        return lines;
    }

    private static void WriteData(ReadOnlySpan<byte> data, PooledBytes output)
    {
        foreach (var range in data.Split((byte)'\n'))
        {
            output.Write("data: "u8);
            output.Write(data[range]);
            output.Write("\n"u8);
        }
    }

    private static ReadOnlySpan<byte> WithoutData(ReadOnlySpan<byte> block, PooledBytes others)
    {
        others.Truncate(0);
        while (!block.IsEmpty)
        {
            var length = LineLength(block, out var content);
            if (!IsData(block[..content])) others.Write(block[..length]);
            block = block[length..];
        }

        return others.Span;
    }

    private static bool IsData(ReadOnlySpan<byte> line) => line.StartsWith(Data) && (line.Length == Data.Length || line[Data.Length] == ':');

    /// <summary>Returns the start of the value of a field or a comment.</summary>
    private static int ValueStart(ReadOnlySpan<byte> line)
    {
        var start = line.IndexOf((byte)':') + 1;
        return start > 0 && start < line.Length && line[start] == ' ' ? start + 1 : start;
    }

    /// <summary>Returns the length of the first line, with and without its line end.</summary>
    private static int LineLength(ReadOnlySpan<byte> text, out int content)
    {
        content = text.IndexOfAny((byte)'\r', (byte)'\n');
        if (content < 0) return content = text.Length;
        return text[content..].StartsWith("\r\n"u8) ? content + 2 : content + 1;
    }
}
