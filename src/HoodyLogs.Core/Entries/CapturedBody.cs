namespace HoodyLogs;

/// <summary>A captured and already redacted body, in the form in which it is stored.</summary>
/// <param name="Content">UTF-8 text without an incomplete last character where <paramref name="IsText"/>, else the bytes as transferred.</param>
/// <param name="IsText">Whether the body is text. What is no text is shown as base64 (decision E7).</param>
public sealed record CapturedBody(ReadOnlyMemory<byte> Content, bool IsText);
