namespace HoodyLogs.AspNetCore.Capture.Redaction.Text;

/// <summary>Text that clients and hosts choose, cut to a length that one entry can bear.</summary>
internal static class TextLimits
{
    public const int Short = 1024;
    public const int Long = 8192;

    public static string Truncate(string text, int length)
    {
        if (text.Length <= length) return text;
        return text[..(char.IsHighSurrogate(text[length - 1]) ? length - 1 : length)];
    }
}
