namespace HoodyLogs.AspNetCore.Capture.Redaction.Text;

/// <summary>Limits the length of texts that clients and hosts choose.</summary>
internal static class TextLimits
{
    /// <summary>The maximum length of a name or a single value, in characters.</summary>
    public const int Short = 1024;

    /// <summary>The maximum length of a message, a url or all headers together, in characters.</summary>
    public const int Long = 8192;

    /// <summary>Returns the first characters of a text. Does not split a surrogate pair.</summary>
    public static string Truncate(string text, int maxLength)
    {
        if (text.Length <= maxLength) return text;
        return text[..(char.IsHighSurrogate(text[maxLength - 1]) ? maxLength - 1 : maxLength)];
    }
}
