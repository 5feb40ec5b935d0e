using Microsoft.AspNetCore.Http;

namespace HoodyLogs.AspNetCore;

/// <summary>Redacts a captured body (<see cref="CaptureOptions.RedactBody"/>).</summary>
/// <param name="body">The body.</param>
/// <returns>
/// The bytes to store: <see cref="BodyToRedact.Content"/> unchanged, or other bytes (UTF-8 if they are text). If they are empty, the body is not stored and
/// its state is <c>redacted</c>.
/// </returns>
public delegate ReadOnlySpan<byte> BodyRedactor(BodyToRedact body);

/// <summary>A captured body, as <see cref="CaptureOptions.RedactBody"/> receives it. Valid only during the call.</summary>
public readonly ref struct BodyToRedact
{
    internal BodyToRedact(HttpContext context, bool isRequest, ReadOnlySpan<byte> content, bool isText, bool isReadable)
    {
        (Context, IsRequest, IsText, IsReadable) = (context, isRequest, isText, isReadable);
        Content = content;
    }

    /// <summary>Gets the context of the exchange.</summary>
    public HttpContext Context { get; }

    /// <summary>Gets whether the body belongs to the request. Otherwise it belongs to the response.</summary>
    public bool IsRequest { get; }

    /// <summary>Gets the body, decompressed if possible. It is UTF-8 if <see cref="IsText"/> is true.</summary>
    public ReadOnlySpan<byte> Content { get; }

    /// <summary>Gets whether the body is text.</summary>
    public bool IsText { get; }

    /// <summary>Gets whether redaction by name could read the body and has redacted it. Other bodies are stored only if the delegate returns bytes.</summary>
    public bool IsReadable { get; }

    /// <summary>Gets the content type of the body; null if there is none.</summary>
    public string? ContentType => IsRequest ? Context.Request.ContentType : Context.Response.ContentType;
}
