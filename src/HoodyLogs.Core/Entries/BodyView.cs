namespace HoodyLogs;

/// <summary>A stored body while it is being read.</summary>
/// <param name="content">UTF-8 where <paramref name="isText"/>, else bytes.</param>
/// <param name="isText">Whether it is shown as text or as base64.</param>
public readonly ref struct BodyView(ReadOnlySpan<byte> content, bool isText)
{
    /// <summary>UTF-8 text or bytes.</summary>
    public ReadOnlySpan<byte> Content { get; } = content;

    /// <summary>Whether it is shown as text or as base64.</summary>
    public bool IsText { get; } = isText;
}
