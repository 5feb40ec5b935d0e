using System.Buffers;
using System.Text;
using System.Text.Unicode;
using HoodyLogs.AspNetCore.Capture.Diagnostics;
using Microsoft.AspNetCore.Http;

namespace HoodyLogs.AspNetCore.Capture.Bodies;

/// <summary>Turns a captured body into the body that is stored: decompressed, in UTF-8 if it is text, and redacted.</summary>
internal sealed class BodyProcessor(BodyMemory memory, CaptureFailures failures)
{
    /// <summary>Processes the body of an exchange that has ended.</summary>
    /// <param name="owner">The exchange.</param>
    /// <param name="isRequest">Whether the body belongs to the request.</param>
    /// <param name="capture">The captured bytes. They are passed on or returned to the pool.</param>
    /// <param name="isWhole">Whether the whole body was transferred.</param>
    /// <returns>The state, and the body to store; null if none is stored.</returns>
    public (BodyState State, ProcessedBody? Body) Finish(IBodyOwner owner, bool isRequest, ref BodyCapture capture, bool isWhole)
    {
        capture.Decide(owner, isRequest);
        if (capture.State != BodyState.Full) return (capture.State, null);
        var state = !isWhole ? BodyState.Aborted : capture.IsCapped ? BodyState.Capped : BodyState.Full;
        if (capture.Detach() is not { } bytes) return (state == BodyState.Full ? BodyState.Empty : state, null);
        ProcessedBody? body = null;
        try
        {
            var context = owner.Context;
            body = new ProcessedBody(bytes, state, ContentType.Of(isRequest ? context.Request.ContentType : context.Response.ContentType));
            var policy = owner.BodyPolicy;
            var header = (isRequest ? context.Request.Headers : context.Response.Headers).ContentEncoding;
            if (body.Type.Kind is not (BodyKind.Multipart or BodyKind.Opaque) && ContentCodings.TryDecode(body, header, policy.MaxBytes))
            {
                body.IsReadable = TryReadText(body) && TryRedact(body, new BodyRedaction(policy, bytes.Budget));
            }

            if (ApplyDelegate(context, policy, isRequest, body)) return (body.State, body);
        }
        catch (BodyMemoryException)
        {
            memory.CountRefused();
        }
#pragma warning disable CA1031 // a body that cannot be processed is not stored
        catch (Exception exception)
#pragma warning restore CA1031
        {
            failures.Report(exception, "Redacting a body");
        }

        if (body is null) bytes.Dispose();
        body?.Dispose();
        return (BodyState.Redacted, null);
    }

    /// <summary>Converts text to UTF-8 that ends with a whole character.</summary>
    /// <returns>False if the body is not text.</returns>
    private static bool TryReadText(ProcessedBody body)
    {
        // UTF-8 text does not begin with a zero or a byte order mark of UTF-16, and the second byte of JSON is not zero.
        var isJson = body.Type.Kind == BodyKind.Json;
        var isUtf8 = isJson && body.Type.Encoding is UTF8Encoding && body.Bytes.Span is [not (0 or 0xfe or 0xff), not 0, ..];
        var encoding = isUtf8 ? Encoding.UTF8 : TextEncodings.Detect(body.Bytes.Span, body.Type.Encoding);
        if (encoding is null) return false;
        if (encoding is not UTF8Encoding && !TryTranscode(body, encoding)) return false;
        var length = body.IsWhole ? body.Bytes.Length : Utf8Text.WholeLength(body.Bytes.Span);
        body.IsText = Utf8.IsValid(body.Bytes.Span[..length]) && (isJson || IsText(body, body.Bytes)); // JSON that parses has no control characters
        if (!body.IsText) return false;
        body.Bytes.Truncate(length);
        if (body.Bytes.Span.StartsWith(Encoding.UTF8.Preamble)) RemovePreamble(body);
        return true;
    }

    private static bool IsText(ProcessedBody body, PooledBytes utf8) => TextEncodings.IsText(utf8.Span, isDeclared: body.Type.Kind != BodyKind.Unknown);

    /// <summary>Converts text to UTF-8. Other bytes stay unchanged.</summary>
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

    private static void RemovePreamble(ProcessedBody body) => Replace(body, body.Bytes.Span[Encoding.UTF8.Preamble.Length..]);

    /// <summary>Redacts a text by name.</summary>
    /// <returns>False if redaction cannot read the text.</returns>
    private static bool TryRedact(ProcessedBody body, BodyRedaction redaction)
    {
        var output = redaction.CreateBuffer();
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

        // Text without a known type may be a form. Any text may quote JSON.
        length = text.Length;
        redaction.RedactText(text, mayBeForm: kind != BodyKind.Text, output);
        return true;
    }

    /// <summary>Applies the delegate of the host, and returns whether the body is stored.</summary>
    private static bool ApplyDelegate(HttpContext context, BodyPolicy policy, bool isRequest, ProcessedBody body)
    {
        if (policy.Redact is not { } redact) return body.IsReadable || policy.StoresUnreadable;
        var replaced = redact(new BodyToRedact(context, isRequest, body.Bytes.Span, body.IsText, body.IsReadable));
        if (replaced.IsEmpty) return false;
        if (replaced == body.Bytes.Span) return true;
        Replace(body, replaced);
        body.IsText = Utf8.IsValid(body.Bytes.Span);
        return true;
    }

    private static void Replace(ProcessedBody body, ReadOnlySpan<byte> content)
    {
        var copy = new PooledBytes(body.Bytes.Budget);
        copy.Write(content);
        body.Replace(copy);
    }
}
