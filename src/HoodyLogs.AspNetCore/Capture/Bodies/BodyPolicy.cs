using HoodyLogs.AspNetCore.Capture.Exchanges;
using HoodyLogs.AspNetCore.Capture.Redaction;
using HoodyLogs.AspNetCore.Capture.Redaction.Finders;
using HoodyLogs.AspNetCore.Capture.Redaction.Names;
using HoodyLogs.AspNetCore.Capture.Redaction.Urls;
using Microsoft.AspNetCore.Http;

namespace HoodyLogs.AspNetCore.Capture.Bodies;

/// <summary>Which bodies are captured, as the options say. Immutable.</summary>
internal sealed class BodyPolicy(CaptureOptions options, SensitiveNames names, FieldRedactor fields, MessageRedactor messages)
{
    private readonly bool _request = options.CaptureRequestBody;
    private readonly bool _response = options.CaptureResponseBody;
    private readonly bool _eventStreams = options.CaptureEventStreamBodies;
    private readonly string[] _excluded = [.. options.ExcludedContentTypes.Select(type => type.Trim())];

    public int MaxBytes { get; } = options.MaxBodyBytes;

    public long MaxMemory { get; } = options.MaxBodyMemory;

    public bool KeepUnreadable { get; } = options.StoreUnreadableBodies;

    public BodyRedactor? Redact { get; } = options.RedactBody;

    public SensitiveNames Names { get; } = names;

    public EmbeddedJsonRedactor Json { get; } = new(names);

    /// <summary>Finds what text quotes of secrets, also in the strings of JSON.</summary>
    public MessageRedactor Texts { get; } = messages;

    /// <summary>Redacts text that is no form.</summary>
    public Func<string, string> RedactText => field ??= text => Texts.RedactDocument(text);

    /// <summary>Redacts what is a form, or may be one.</summary>
    public Func<string, string> RedactForm => field ??= text => Texts.RedactDocument(fields.RedactForm(text));

    /// <summary>Redacts what the strings of JSON quote.</summary>
    public Func<string, string> RedactStrings => field ??= json => Json.Redact(json, withinStrings: true);

    /// <summary>Whether and why not a body is taken down, before its bytes are seen; <see cref="BodyState.Full"/> where it is.</summary>
    public BodyState Decide(Exchange exchange, bool isRequest)
    {
        var context = exchange.Context;
        var wanted = isRequest ? exchange.Endpoint.RequestBody ?? _request : exchange.Endpoint.ResponseBody ?? _response;
        if (!wanted || exchange.Endpoint.IsLogsApi) return BodyState.NotCaptured;
        if (exchange.Upgraded is not null) return BodyState.Upgraded;
        var type = isRequest ? context.Request.ContentType : context.Response.ContentType;
        var kind = ContentType.Of(type).Kind;
        if (kind == BodyKind.Stream || (kind == BodyKind.EventStream && (isRequest || !(exchange.Endpoint.EventStreamBodies ?? _eventStreams)))) return BodyState.Streamed;
        var name = type.AsSpan().TrimStart();
        foreach (var excluded in _excluded)
        {
            if (name.StartsWith(excluded, StringComparison.OrdinalIgnoreCase)) return BodyState.ExcludedType;
        }

        var isUnreadable = kind is BodyKind.Multipart or BodyKind.Opaque;
        return isUnreadable && !KeepUnreadable && Redact is null ? BodyState.Redacted : BodyState.Full;
    }

    /// <summary>The content encoding as transferred; null where there is none.</summary>
    public static string? EncodingOf(HttpContext context, bool isRequest)
    {
        var encoding = (isRequest ? context.Request.Headers : context.Response.Headers).ContentEncoding.ToString().Trim();
        return encoding.Length == 0 || encoding.Equals("identity", StringComparison.OrdinalIgnoreCase) ? null : encoding;
    }
}
