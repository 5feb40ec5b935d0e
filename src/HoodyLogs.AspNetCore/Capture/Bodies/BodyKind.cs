namespace HoodyLogs.AspNetCore.Capture.Bodies;

/// <summary>What a content type says about a body.</summary>
internal enum BodyKind : byte
{
    /// <summary>Nothing: whether it is text, its bytes must tell.</summary>
    Unknown,

    /// <summary>Text in which nothing can be told apart by name.</summary>
    Text,

    /// <summary>JSON, lines of JSON included.</summary>
    Json,

    /// <summary>Form fields as in a query.</summary>
    Form,

    /// <summary>Parts with names of their own, which redaction does not read.</summary>
    Multipart,

    /// <summary>A format that redaction cannot read, even if its bytes look like text: protobuf, PDF, a JWT.</summary>
    Opaque,

    /// <summary>Server-sent events.</summary>
    EventStream,

    /// <summary>Another stream without an end of its own: gRPC.</summary>
    Stream,
}
