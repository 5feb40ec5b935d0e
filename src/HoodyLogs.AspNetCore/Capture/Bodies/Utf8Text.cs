using System.Buffers;
using System.Text;

namespace HoodyLogs.AspNetCore.Capture.Bodies;

/// <summary>Examines and creates UTF-8 text.</summary>
internal static class Utf8Text
{
    private const int MaxSequence = 4;
    private const int MultipartHead = 1024;

    /// <summary>Returns the length without an incomplete last character.</summary>
    public static int WholeLength(ReadOnlySpan<byte> utf8)
    {
        for (var back = 1; back <= Math.Min(MaxSequence, utf8.Length); back++)
        {
            var isFirstOfCharacter = (utf8[^back] & 0xC0) != 0x80;
            if (!isFirstOfCharacter) continue;
            var isWhole = Rune.DecodeFromUtf8(utf8[^back..], out _, out _) != OperationStatus.NeedMoreData;
            return isWhole ? utf8.Length : utf8.Length - back;
        }

        return utf8.Length;
    }

    /// <summary>Converts text to UTF-8. Invalid bytes become U+FFFD. If the text is not whole, an incomplete last character is removed.</summary>
    /// <exception cref="BodyMemoryException">The budget is used up.</exception>
    public static void Transcode(ReadOnlySpan<byte> bytes, Encoding encoding, bool isWhole, PooledBytes output)
    {
        using var chars = new PooledChars(bytes, encoding, isWhole, output.Budget);
        Encoding.UTF8.GetBytes(chars.Span, output);
    }

    /// <summary>Whether a string may contain JSON: there is an escaped quote.</summary>
    public static bool MayQuoteJsonInStrings(ReadOnlySpan<byte> json) =>
        json.Contains((byte)'\\') && (json.IndexOf("\\\""u8) >= 0 || json.IndexOf("u0022"u8) >= 0);

    /// <summary>Whether the text may contain a form field or user information in a url.</summary>
    public static bool MayBeForm(ReadOnlySpan<byte> utf8) => utf8.Contains((byte)'=') || utf8.IndexOf("://"u8) >= 0;

    public static bool LooksLikeJson(ReadOnlySpan<byte> utf8)
    {
        if (utf8.StartsWith(Encoding.UTF8.Preamble)) utf8 = utf8[Encoding.UTF8.Preamble.Length..];
        var text = utf8.TrimStart(" \t\r\n\u001e"u8);
        return text is [(byte)'{' or (byte)'[', ..];
    }

    /// <summary>Whether the text is multipart content or a PDF, whatever its content type is.</summary>
    public static bool LooksOpaque(ReadOnlySpan<byte> utf8)
    {
        if (utf8.StartsWith("%PDF-"u8)) return true;
        if (!utf8.TrimStart("\r\n"u8).StartsWith("--"u8)) return false;
        var head = Encoding.UTF8.GetString(utf8[..Math.Min(utf8.Length, MultipartHead)]);
        return head.Contains("Content-Disposition:", StringComparison.OrdinalIgnoreCase);
    }
}
