namespace HoodyLogs;

/// <summary>A captured and redacted body, in the form that is stored.</summary>
/// <param name="Content">UTF-8 text that ends with a complete character if <paramref name="IsText"/>; otherwise the bytes as transferred.</param>
/// <param name="IsText">Whether the body is text. Other bodies are shown as base64.</param>
public sealed record CapturedBody(ReadOnlyMemory<byte> Content, bool IsText);
