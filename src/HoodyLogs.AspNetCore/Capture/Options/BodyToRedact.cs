using Microsoft.AspNetCore.Http;

namespace HoodyLogs.AspNetCore;

/// <summary>Redacts a captured body in the host's own way (<see cref="CaptureOptions.RedactBody"/>).</summary>
/// <param name="body">The body.</param>
/// <returns>What is stored: <see cref="BodyToRedact.Content"/> as it is, or something else (UTF-8 where it is text); nothing for the state <c>redacted</c>.</returns>
public delegate ReadOnlySpan<byte> BodyRedactor(BodyToRedact body);

/// <summary>A captured body on its way to the store, for <see cref="CaptureOptions.RedactBody"/>. Valid only during the call.</summary>
public readonly ref struct BodyToRedact
{
    internal BodyToRedact(HttpContext context, bool isRequest, ReadOnlySpan<byte> content, bool isText, bool isReadable)
    {
        (Context, IsRequest, IsText, IsReadable) = (context, isRequest, isText, isReadable);
        Content = content;
    }

    /// <summary>The exchange.</summary>
    public HttpContext Context { get; }

    /// <summary>Whether it is the request's body, else the response's.</summary>
    public bool IsRequest { get; }

    /// <summary>UTF-8 where <see cref="IsText"/>, else bytes; decompressed in either case if that was possible.</summary>
    public ReadOnlySpan<byte> Content { get; }

    /// <summary>Whether it is text.</summary>
    public bool IsText { get; }

    /// <summary>Whether redaction by name could read it and has been done; a body for which it is false is otherwise not stored.</summary>
    public bool IsReadable { get; }

    /// <summary>The content type of the body, or null.</summary>
    public string? ContentType => IsRequest ? Context.Request.ContentType : Context.Response.ContentType;
}
