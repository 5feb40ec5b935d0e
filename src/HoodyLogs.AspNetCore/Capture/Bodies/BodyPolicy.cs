using HoodyLogs.AspNetCore.Capture.Redaction;
using HoodyLogs.AspNetCore.Capture.Redaction.Finders;
using HoodyLogs.AspNetCore.Capture.Redaction.Names;
using HoodyLogs.AspNetCore.Capture.Redaction.Urls;
using Microsoft.AspNetCore.Http;

namespace HoodyLogs.AspNetCore.Capture.Bodies;

/// <summary>Decides which bodies are captured, and how they are redacted. Immutable.</summary>
internal sealed class BodyPolicy(CaptureOptions options, SensitiveNames names, FieldRedactor fields, MessageRedactor messages)
{
    private readonly bool _request = options.CaptureRequestBody;
    private readonly bool _response = options.CaptureResponseBody;
    private readonly bool _eventStreams = options.CaptureEventStreamBodies;
    private readonly string[] _excluded = [.. options.ExcludedContentTypes.Select(type => type.Trim())];

    public int MaxBytes { get; } = options.MaxBodyBytes;

    public long MaxMemory { get; } = options.MaxBodyMemory;

    public bool StoresUnreadable { get; } = options.StoreUnreadableBodies;

    public BodyRedactor? Redact { get; } = options.RedactBody;

    public SensitiveNames Names { get; } = names;

    public EmbeddedJsonRedactor Json { get; } = new(names);

    /// <summary>Finds secrets that text quotes, also in JSON strings.</summary>
    public MessageRedactor Texts { get; } = messages;

    /// <summary>Redacts text that is not a form.</summary>
    public Func<string, string> RedactText => field ??= text => Texts.RedactDocument(text);

    /// <summary>Redacts text that is or may be a form.</summary>
    public Func<string, string> RedactForm => field ??= text => Texts.RedactDocument(fields.RedactForm(text));

    /// <summary>Redacts secrets that JSON strings quote.</summary>
    public Func<string, string> RedactStrings => field ??= json => Json.Redact(json, withinStrings: true);

    /// <summary>Decides whether a body is captured, before its first byte.</summary>
    /// <param name="context">The context of the exchange.</param>
    /// <param name="isRequest">Whether the body belongs to the request.</param>
    /// <param name="endpointCaptures">Whether the endpoint captures the body; null if the options decide.</param>
    /// <param name="endpointCapturesEventStreams">Whether the endpoint captures event streams; null if the options decide.</param>
    /// <param name="isUpgraded">Whether the connection is upgraded.</param>
    /// <returns><see cref="BodyState.Full"/> if the body is captured, else the reason why not.</returns>
    public BodyState Decide(HttpContext context, bool isRequest, bool? endpointCaptures, bool? endpointCapturesEventStreams, bool isUpgraded)
    {
        if (!(endpointCaptures ?? (isRequest ? _request : _response))) return BodyState.NotCaptured;
        if (isUpgraded) return BodyState.Upgraded;
        var type = isRequest ? context.Request.ContentType : context.Response.ContentType;
        var kind = ContentType.Of(type).Kind;
        var capturesEventStream = !isRequest && (endpointCapturesEventStreams ?? _eventStreams);
        if (kind == BodyKind.Stream || (kind == BodyKind.EventStream && !capturesEventStream)) return BodyState.Streamed;
        var name = type.AsSpan().TrimStart();
        foreach (var excluded in _excluded)
        {
            if (name.StartsWith(excluded, StringComparison.OrdinalIgnoreCase)) return BodyState.ExcludedType;
        }

        var isUnreadable = kind is BodyKind.Multipart or BodyKind.Opaque;
        return isUnreadable && !StoresUnreadable && Redact is null ? BodyState.Redacted : BodyState.Full;
    }
}
