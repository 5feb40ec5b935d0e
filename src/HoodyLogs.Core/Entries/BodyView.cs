namespace HoodyLogs;

/// <summary>A stored body during a read.</summary>
/// <param name="content">UTF-8 if <paramref name="isText"/>; otherwise bytes.</param>
/// <param name="isText">Whether the body is shown as text. Otherwise it is shown as base64.</param>
public readonly ref struct BodyView(ReadOnlySpan<byte> content, bool isText)
{
    /// <summary>The body: UTF-8 text, or bytes.</summary>
    public ReadOnlySpan<byte> Content { get; } = content;

    /// <summary>Whether the body is shown as text. Otherwise it is shown as base64.</summary>
    public bool IsText { get; } = isText;
}
