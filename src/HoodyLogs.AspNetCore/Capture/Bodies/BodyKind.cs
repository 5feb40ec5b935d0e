namespace HoodyLogs.AspNetCore.Capture.Bodies;

/// <summary>The kinds of bodies that capture distinguishes by content type.</summary>
internal enum BodyKind : byte
{
    /// <summary>Unknown: the bytes decide whether the body is text.</summary>
    Unknown,

    /// <summary>Text without named fields.</summary>
    Text,

    /// <summary>JSON, including lines of JSON.</summary>
    Json,

    /// <summary>Url-encoded form fields.</summary>
    Form,

    /// <summary>Multipart content, which redaction does not read.</summary>
    Multipart,

    /// <summary>A format that redaction cannot read, even if its bytes look like text, such as protobuf, PDF or a JWT.</summary>
    Opaque,

    /// <summary>Server-sent events.</summary>
    EventStream,

    /// <summary>A gRPC stream.</summary>
    Stream,
}
