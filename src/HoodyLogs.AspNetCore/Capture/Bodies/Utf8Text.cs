using System.Buffers;
using System.Text;

namespace HoodyLogs.AspNetCore.Capture.Bodies;

/// <summary>Text bodies as UTF-8.</summary>
internal static class Utf8Text
{
    private const int MaxSequence = 4;

    /// <summary>The length without a last character that is not whole.</summary>
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

    /// <summary>Decodes; what is invalid becomes U+FFFD, and of text that is not whole an incomplete last character is dropped.</summary>
    public static PooledBytes Transcode(ReadOnlySpan<byte> bytes, Encoding encoding, bool isWhole, PooledBytes output)
    {
        var chars = ArrayPool<char>.Shared.Rent(encoding.GetMaxCharCount(bytes.Length));
        var count = encoding.GetDecoder().GetChars(bytes, chars, flush: isWhole);
        Encoding.UTF8.GetBytes(chars.AsSpan(0, count), output);
        ArrayPool<char>.Shared.Return(chars);
        return output;
    }

    public static PooledBytes Encode(string text, PooledBytes output)
    {
        Encoding.UTF8.GetBytes(text, output);
        return output;
    }

    public static PooledBytes Copy(ReadOnlySpan<byte> bytes, PooledBytes output)
    {
        output.Write(bytes);
        return output;
    }

    /// <summary>Whether there is anything that could be the name of a property.</summary>
    public static bool MayQuoteJson(ReadOnlySpan<byte> utf8) => utf8.Contains((byte)':') && (utf8.Contains((byte)'"') || utf8.IndexOf("u0022"u8) >= 0);

    /// <summary>The same for the strings of JSON.</summary>
    public static bool MayQuoteJsonInStrings(ReadOnlySpan<byte> json) =>
        json.Contains((byte)'\\') && (json.IndexOf("\\\""u8) >= 0 || json.IndexOf("u0022"u8) >= 0);

    public static bool LooksLikeJson(ReadOnlySpan<byte> utf8)
    {
        if (utf8.StartsWith(Encoding.UTF8.Preamble)) utf8 = utf8[Encoding.UTF8.Preamble.Length..];
        var text = utf8.TrimStart(" \t\r\n"u8);
        return text is [(byte)'{' or (byte)'[', ..];
    }
}
