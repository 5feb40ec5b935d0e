using System.Buffers;
using System.Text;
using System.Text.Unicode;
using HoodyLogs.AspNetCore.Capture.Exchanges;

namespace HoodyLogs.AspNetCore.Capture.Bodies;

/// <summary>Turns a captured body into the body that is stored: decompressed, in UTF-8 if it is text, and redacted. The state says why a body is not whole.</summary>
internal sealed class BodyProcessor(BodyMemory memory, CaptureFailures failures)
{
    /// <summary>Finishes one body.</summary>
    /// <param name="exchange">The exchange, which has ended.</param>
    /// <param name="isRequest">Which of its bodies.</param>
    /// <param name="tap">What was taken down.</param>
    /// <param name="isWhole">Whether all of the body had passed when the exchange ended.</param>
    /// <returns>The state, and what is to be stored; null where nothing is.</returns>
    public (BodyState State, ProcessedBody? Body) Finish(Exchange exchange, bool isRequest, ref BodyCapture tap, bool isWhole)
    {
        tap.Decide(exchange, isRequest);
        if (tap.State != BodyState.Full) return (tap.State, null);
        var state = !isWhole ? BodyState.Aborted : tap.IsCapped ? BodyState.Capped : BodyState.Full;
        if (tap.Detach() is not { } bytes) return (state == BodyState.Full ? BodyState.Empty : state, null);
        ProcessedBody? body = null;
        try
        {
            var context = exchange.Context;
            body = new ProcessedBody(bytes, state, ContentType.Of(isRequest ? context.Request.ContentType : context.Response.ContentType));
            var rules = exchange.Rules.Bodies;
            var header = (isRequest ? context.Request.Headers : context.Response.Headers).ContentEncoding;
            if (body.Type.Kind is not (BodyKind.Multipart or BodyKind.Opaque) && ContentCodings.TryUndo(body, header, rules.MaxBytes))
            {
                body.IsReadable = TryRead(body) && TryRedact(body, new BodyRedaction(rules, bytes.Budget));
            }

            if (Keep(exchange, isRequest, body)) return (body.State, body);
        }
        catch (BodyMemoryException)
        {
            memory.NoteRefused();
        }
#pragma warning disable CA1031 // a body that cannot be read is not stored
        catch (Exception exception)
#pragma warning restore CA1031
        {
            failures.Note(exception, "Redacting a body");
        }

        if (body is null) bytes.Dispose();
        body?.Dispose();
        return (BodyState.Redacted, null);
    }

    /// <summary>Decides between text and bytes; text becomes UTF-8, and ends with a whole character.</summary>
    private static bool TryRead(ProcessedBody body)
    {
        // Text never begins with a zero or a byte order mark of UTF-16 in UTF-8, and JSON has none in its second place either.
        var isJson = body.Type.Kind == BodyKind.Json;
        var isUtf8 = isJson && body.Type.Encoding is UTF8Encoding && body.Bytes.Span is [not (0 or 0xfe or 0xff), not 0, ..];
        var encoding = isUtf8 ? Encoding.UTF8 : TextEncodings.Of(body.Bytes.Span, body.Type.Encoding);
        if (encoding is null) return false;
        if (encoding is not UTF8Encoding && !TryTranscode(body, encoding)) return false;
        var length = body.IsWhole ? body.Bytes.Length : Utf8Text.WholeLength(body.Bytes.Span);
        body.IsText = Utf8.IsValid(body.Bytes.Span[..length]) && (isJson || IsText(body, body.Bytes)); // JSON that parses has no control characters
        if (!body.IsText) return false;
        body.Bytes.Truncate(length);
        if (body.Bytes.Span.StartsWith(Encoding.UTF8.Preamble)) WithoutPreamble(body);
        return true;
    }

    private static bool IsText(ProcessedBody body, PooledBytes utf8) => TextEncodings.IsText(utf8.Span, isDeclared: body.Type.Kind != BodyKind.Unknown);

    /// <summary>Decodes what is text; other bytes stay as they came.</summary>
    private static bool TryTranscode(ProcessedBody body, Encoding encoding)
    {
        var text = new PooledBytes(body.Bytes.Budget);
        try
        {
            Utf8Text.Transcode(body.Bytes.Span, encoding, body.IsWhole, text);
            if (!IsText(body, text)) return false;
            body.Replace(text);
            text = null;
            return true;
        }
        finally
        {
            text?.Dispose();
        }
    }

    private static void WithoutPreamble(ProcessedBody body) => Replace(body, body.Bytes.Span[Encoding.UTF8.Preamble.Length..]);

    /// <summary>Redacts by name.</summary>
    /// <returns>False where that cannot be done.</returns>
    private static bool TryRedact(ProcessedBody body, BodyRedaction redaction)
    {
        var output = redaction.NewBuffer();
        try
        {
            if (!TryRedact(body, redaction, output, out var length)) return false;
            if (output.Length == 0)
            {
                body.Bytes.Truncate(length);
                return true;
            }

            body.Replace(output);
            output = null;
            return true;
        }
        finally
        {
            output?.Dispose();
        }
    }

    private static bool TryRedact(ProcessedBody body, BodyRedaction redaction, PooledBytes output, out int length)
    {
        var text = body.Bytes.Span;
        var kind = body.Type.Kind;
        length = text.Length;
        if (kind == BodyKind.EventStream)
        {
            EventStreamRedaction.Redact(text, body.IsWhole, redaction, output);
            length = output.Length;
            return true;
        }

        var isJson = kind == BodyKind.Json || Utf8Text.LooksLikeJson(text);
        if (isJson && redaction.TryJson(text, body.IsWhole, output, out length)) return true;
        output.Truncate(0);
        if (kind != BodyKind.Form && redaction.TryWrappedJson(text, body.IsWhole, output, out length)) return true;
        output.Truncate(0);
        if ((isJson && kind != BodyKind.Text) || Utf8Text.LooksOpaque(text)) return false;

        // Where no type tells what it is, it may be a form. Any text may quote JSON.
        length = text.Length;
        redaction.Text(text, mayBeForm: kind != BodyKind.Text, output);
        return true;
    }

    /// <summary>The host's own say, then whether the body is stored.</summary>
    private static bool Keep(Exchange exchange, bool isRequest, ProcessedBody body)
    {
        var rules = exchange.Rules.Bodies;
        if (rules.Redact is not { } redact) return body.IsReadable || rules.KeepUnreadable;
        var replaced = redact(new BodyToRedact(exchange.Context, isRequest, body.Bytes.Span, body.IsText, body.IsReadable));
        if (replaced.IsEmpty) return false;
        if (replaced == body.Bytes.Span) return true;
        Replace(body, replaced);
        body.IsText = Utf8.IsValid(body.Bytes.Span);
        return true;
    }

    private static void Replace(ProcessedBody body, ReadOnlySpan<byte> content)
    {
        var copy = new PooledBytes(body.Bytes.Budget);
        copy.Write(content); // takes all or nothing
        body.Replace(copy);
    }
}
