using HoodyLogs.AspNetCore.Capture.Redaction;
using HoodyLogs.Entries;
using Microsoft.AspNetCore.Http;

namespace HoodyLogs.AspNetCore.Capture.Bodies;

/// <summary>Which bodies are captured, as the options say. Immutable.</summary>
internal sealed class BodyRules(CaptureOptions options, SecretNames names, FieldRedactor fields)
{
    private readonly bool _request = options.RequestBody;
    private readonly bool _response = options.ResponseBody;
    private readonly string[] _excluded = [.. options.ExcludeContentTypes];

    public int MaxBytes { get; } = options.MaxBodyBytes;

    public long MaxMemory { get; } = options.MaxBodyMemory;

    public bool KeepUnreadable { get; } = options.KeepUnreadableBodies;

    public BodyRedactor? Redact { get; } = options.RedactBody;

    public SecretNames Names { get; } = names;

    public FieldRedactor Fields { get; } = fields;

    public QuotedJson Json { get; } = new(names);

    /// <summary>Whether a secret stands in bytes that are no text, read as Latin-1, or as UTF-16 of which the zeros are left out.</summary>
    public bool FindSecret(string latin1)
    {
        var text = latin1.Replace("\0", "");
        return !ReferenceEquals(Fields.Form(text), text) || Json.IsIn(text);
    }

    /// <summary>Whether and why not a body is taken down, before its bytes are seen; <see cref="BodyState.Full"/> where it is.</summary>
    public BodyState Decide(Exchange exchange, bool isRequest)
    {
        var context = exchange.Context;
        var wanted = isRequest ? exchange.Endpoint.RequestBody ?? _request : exchange.Endpoint.ResponseBody ?? _response;
        if (!wanted) return BodyState.NotCaptured;
        if (exchange.Upgraded is not null) return BodyState.Upgraded;
        var type = isRequest ? context.Request.ContentType : context.Response.ContentType;
        var kind = ContentType.Of(type).Kind;
        if (kind == BodyKind.Stream) return BodyState.Streamed;
        foreach (var excluded in _excluded)
        {
            if (type is not null && type.StartsWith(excluded, StringComparison.OrdinalIgnoreCase)) return BodyState.ExcludedType;
        }

        var unreadable = kind == BodyKind.Multipart || EncodingOf(context, isRequest) is not null;
        return unreadable && !KeepUnreadable && Redact is null ? BodyState.Redacted : BodyState.Full;
    }

    /// <summary>The content encoding, which is never undone; null where there is none.</summary>
    public static string? EncodingOf(HttpContext context, bool isRequest)
    {
        var encoding = (isRequest ? context.Request.Headers : context.Response.Headers).ContentEncoding.ToString();
        return encoding.Length == 0 || encoding.Equals("identity", StringComparison.OrdinalIgnoreCase) ? null : encoding;
    }
}
