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

    /// <summary>A stream without an end of its own: server-sent events, gRPC.</summary>
    Stream,
}
