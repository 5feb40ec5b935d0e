using System.Text;
using System.Text.Unicode;
using HoodyLogs.AspNetCore.Capture.Redaction;
using HoodyLogs.Entries;

namespace HoodyLogs.AspNetCore.Capture.Bodies;

/// <summary>Makes what was taken down of a body into what is stored of it: text in UTF-8, redacted, and the reason why it is as it is (decision E7).</summary>
internal sealed class BodyFinisher(BodyMemory memory, CaptureFailures failures)
{
    /// <summary>Finishes one body.</summary>
    /// <param name="exchange">The exchange, which has ended.</param>
    /// <param name="isRequest">Which of its bodies.</param>
    /// <param name="tap">What was taken down.</param>
    /// <param name="isWhole">Whether all of the body had passed when the exchange ended.</param>
    /// <returns>The state, and what is to be stored; null where nothing is.</returns>
    public (BodyState State, FinishedBody? Body) Finish(Exchange exchange, bool isRequest, ref BodyTap tap, bool isWhole)
    {
        tap.Decide(exchange, isRequest);
        if (tap.State != BodyState.Full) return (tap.State, null);
        var state = !isWhole ? BodyState.Aborted : tap.IsCapped ? BodyState.Capped : BodyState.Full;
        if (tap.Detach() is not { } bytes) return (state == BodyState.Full ? BodyState.Empty : state, null);
        var context = exchange.Context;
        var type = ContentType.Of(isRequest ? context.Request.ContentType : context.Response.ContentType);
        var isEncoded = BodyRules.EncodingOf(context, isRequest) is not null;
        var body = new FinishedBody(bytes, state, isEncoded ? type with { Kind = BodyKind.Unknown } : type, isEncoded);
        try
        {
            Read(body);
            body.IsReadable &= Redact(body, exchange.Rules.Bodies);
            if (Keep(exchange, isRequest, body)) return (state, body);
        }
#pragma warning disable CA1031 // a body that cannot be read is not stored
        catch (Exception exception)
#pragma warning restore CA1031
        {
            failures.Note(exception, "Redacting a body");
        }

        body.Dispose();
        return (BodyState.Redacted, null);
    }

    /// <summary>Decides between text and bytes; text becomes UTF-8, and ends with a whole character.</summary>
    private void Read(FinishedBody body)
    {
        var encoding = body.Type.Encoding;
        if (body.IsEncoded || encoding is null) return;
        var declared = body.Type.Kind is BodyKind.Text or BodyKind.Json or BodyKind.Form;
        if (encoding is UTF8Encoding)
        {
            var length = body.State == BodyState.Full ? body.Bytes.Length : Utf8Text.WholeLength(body.Bytes.Span);
            body.IsText = Utf8.IsValid(body.Bytes.Span[..length]) && (declared || !body.Bytes.Span.Contains((byte)0));
            if (body.IsText) body.Bytes.Truncate(length);
        }
        else
        {
            body.IsText = true;
            body.Replace(Utf8Text.Transcode(body.Bytes.Span, encoding, body.State == BodyState.Full, new PooledBytes(memory)));
        }

        if (body.IsText && body.Bytes.Span.StartsWith(Encoding.UTF8.Preamble)) WithoutPreamble(body);
    }

    private void WithoutPreamble(FinishedBody body) =>
        body.Replace(Utf8Text.Copy(body.Bytes.Span[Encoding.UTF8.Preamble.Length..], new PooledBytes(memory)));

    /// <summary>Redacts by name.</summary>
    /// <returns>False where that cannot be done.</returns>
    private bool Redact(FinishedBody body, BodyRules rules)
    {
        if (body.IsEncoded || body.Type.Kind == BodyKind.Multipart) return false;
        var isJson = body.Type.Kind == BodyKind.Json || Utf8Text.LooksLikeJson(body.Bytes.Span);
        if (!body.IsText) return !isJson && body.Type.Kind != BodyKind.Form && !rules.FindSecret(Encoding.Latin1.GetString(body.Bytes.Span));
        if (isJson && RedactJson(body, rules)) return true;
        if (isJson && body.Type.Kind != BodyKind.Text) return false;

        // Where no type tells what it is, it may be a form. Any text may quote JSON.
        if (body.Type.Kind == BodyKind.Text && !Utf8Text.MayQuoteJson(body.Bytes.Span)) return true;
        var text = Encoding.UTF8.GetString(body.Bytes.Span);
        var redacted = rules.Json.Redact(body.Type.Kind == BodyKind.Text ? text : rules.Fields.Form(text));
        if (!ReferenceEquals(text, redacted)) body.Replace(Utf8Text.Encode(redacted, new PooledBytes(memory)));
        return true;
    }

    private bool RedactJson(FinishedBody body, BodyRules rules)
    {
        var redacted = new PooledBytes(memory);
        if (Utf8Text.MayQuoteJsonInStrings(body.Bytes.Span)) RedactStrings(body, rules);
        var isJson = JsonRedactor.TryRedact(body.Bytes.Span, body.State == BodyState.Full, rules.Names, redacted, out var length);
        if (isJson && redacted.Length > 0)
        {
            body.Replace(redacted);
            return true;
        }

        redacted.Dispose();
        if (isJson) body.Bytes.Truncate(length);
        return isJson;
    }

    /// <summary>What stands in a string may be JSON itself, as in webhooks and messages of queues.</summary>
    private void RedactStrings(FinishedBody body, BodyRules rules)
    {
        var text = Encoding.UTF8.GetString(body.Bytes.Span);
        var redacted = rules.Json.Redact(text, withinStrings: true);
        if (!ReferenceEquals(text, redacted)) body.Replace(Utf8Text.Encode(redacted, new PooledBytes(memory)));
    }

    /// <summary>The host's own say, then whether the body is stored.</summary>
    private bool Keep(Exchange exchange, bool isRequest, FinishedBody body)
    {
        var rules = exchange.Rules.Bodies;
        if (rules.Redact is not { } redact) return body.IsReadable || rules.KeepUnreadable;
        var replaced = redact(new BodyToRedact(exchange.Context, isRequest, body.Bytes.Span, body.IsText, body.IsReadable));
        if (replaced.IsEmpty) return false;
        if (replaced == body.Bytes.Span) return true;
        body.Replace(Utf8Text.Copy(replaced, new PooledBytes(memory)));
        body.IsText = Utf8.IsValid(body.Bytes.Span);
        return true;
    }
}
