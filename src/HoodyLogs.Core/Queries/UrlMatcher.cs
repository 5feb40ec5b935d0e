using System.Buffers;

namespace HoodyLogs.Queries;

/// <summary>
/// Finds a text in URLs, both as they are written and without percent-encoding. In the decoded query a plus is a space. The time is linear in the
/// length of the URL. Thread-safe.
/// </summary>
internal sealed class UrlMatcher(string text)
{
    private const int StackBytes = 1024;

    private readonly TextMatcher _text = new(text);

    // Some clients write a literal plus next to encoded letters, so a text with a plus also matches a plus.
    private readonly bool _hasPlus = text.Contains('+', StringComparison.Ordinal);

    /// <summary>Returns whether the text occurs. Case is ignored.</summary>
    /// <param name="url">The path and query as UTF-8.</param>
    public bool IsIn(ReadOnlySpan<byte> url) => IsIn(url, out _);

    /// <summary>Returns whether the text occurs, and how many letters were compared.</summary>
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

    /// <returns>The length of the decoded URL. It is never greater than the length of the URL.</returns>
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
