using System.Buffers;

namespace HoodyLogs.Queries;

/// <summary>
/// Finds a text in urls, both as they are written and as they read without percent-encoding, where a plus in the query is a blank. Its time is linear
/// in the length of the url. Thread-safe.
/// </summary>
internal sealed class UrlMatcher(string text)
{
    private const int StackBytes = 1024;

    private readonly TextMatcher _text = new(text);

    // People also write the plus itself, beside letters that are encoded.
    private readonly bool _hasPlus = text.Contains('+', StringComparison.Ordinal);

    /// <summary>Whether the text occurs, ignoring case.</summary>
    /// <param name="url">Path and query, UTF-8.</param>
    public bool IsIn(ReadOnlySpan<byte> url) => IsIn(url, out _);

    /// <summary>The same, with the number of letters that were compared.</summary>
    internal bool IsIn(ReadOnlySpan<byte> url, out int compared)
    {
        if (_text.IsIn(url, out compared)) return true;
        if (url.IndexOfAny((byte)'%', (byte)'+') < 0) return false;
        return IsInDecoded(url, plusIsBlank: true, ref compared) || (_hasPlus && IsInDecoded(url, plusIsBlank: false, ref compared));
    }

    private bool IsInDecoded(ReadOnlySpan<byte> url, bool plusIsBlank, ref int compared)
    {
        byte[]? rented = null;
        var decoded = url.Length <= StackBytes ? stackalloc byte[StackBytes] : rented = ArrayPool<byte>.Shared.Rent(url.Length);
        try
        {
            var isIn = _text.IsIn(decoded[..Decode(url, decoded, plusIsBlank)], out var more);
            compared += more;
            return isIn;
        }
        finally
        {
            if (rented is not null) ArrayPool<byte>.Shared.Return(rented);
        }
    }

    /// <returns>The length of the decoded url, which is never greater.</returns>
    private static int Decode(ReadOnlySpan<byte> url, Span<byte> decoded, bool plusIsBlank)
    {
        var isQuery = false;
        var written = 0;
        for (var at = 0; at < url.Length; at++)
        {
            var value = url[at];
            if (value == '?') isQuery = true;
            if (value == '+' && isQuery && plusIsBlank) value = (byte)' ';
            if (value == '%' && TryHex(url[(at + 1)..], out var hidden))
            {
                value = hidden;
                at += 2;
            }

            decoded[written++] = value;
        }

        return written;
    }

    private static bool TryHex(ReadOnlySpan<byte> digits, out byte value)
    {
        value = 0;
        if (digits.Length < 2 || !char.IsAsciiHexDigit((char)digits[0]) || !char.IsAsciiHexDigit((char)digits[1])) return false;
        value = (byte)((Digit(digits[0]) << 4) | Digit(digits[1]));
        return true;
    }

    private static int Digit(byte hex) => hex <= '9' ? hex - '0' : (hex | 0x20) - 'a' + 10;
}
