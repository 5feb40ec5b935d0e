using Microsoft.Extensions.Primitives;

namespace HoodyLogs.AspNetCore.Capture.Bodies;

/// <summary>
/// Decodes content codings. The bytes decide, not the header: middleware in front of capture adds the header to bytes that are not encoded yet, and some
/// senders omit it.
/// </summary>
internal static class ContentCodings
{
    private const int MaxLayers = 3;
    private const int MaxHints = 4;

    /// <summary>Decodes a body as far as possible.</summary>
    /// <param name="body">The body.</param>
    /// <param name="header">Its Content-Encoding.</param>
    /// <param name="maxBytes">The maximum length of the result.</param>
    /// <returns>False if the body is compressed and cannot be decoded.</returns>
    /// <exception cref="BodyMemoryException">The budget is used up.</exception>
    public static bool TryDecode(ProcessedBody body, StringValues header, int maxBytes)
    {
        if (StringValues.IsNullOrEmpty(header) && !LooksCompressed(body.Bytes.Span)) return true;
        Span<Coding> hints = stackalloc Coding[MaxHints];
        hints = hints[..ReadHeader(header.ToString(), hints)];
        for (var layer = 0; layer < MaxLayers; layer++)
        {
            if (IsGzip(body.Bytes.Span))
            {
                if (!TryDecode(body, Coding.Gzip, maxBytes)) return false;
            }
            else if (TextEncodings.IsUtf8Text(body.Bytes.Span, body.IsWhole) || !TryDecodeAny(body, hints, maxBytes))
            {
                return true;
            }
        }

        return !IsGzip(body.Bytes.Span);
    }

    /// <summary>Tries the codings of the header, the last one first, and zlib, which is recognizable without a header.</summary>
    private static bool TryDecodeAny(ProcessedBody body, Span<Coding> hints, int maxBytes)
    {
        for (var at = hints.Length - 1; at >= 0; at--)
        {
            var hint = hints[at];
            hints[at] = Coding.None;
            if (hint == Coding.Deflate && IsZlib(body.Bytes.Span)) hint = Coding.Zlib;
            if (hint is Coding.Brotli or Coding.Deflate or Coding.Zlib && TryDecode(body, hint, maxBytes)) return true;
        }

        return IsZlib(body.Bytes.Span) && TryDecode(body, Coding.Zlib, maxBytes);
    }

    private static bool TryDecode(ProcessedBody body, Coding coding, int maxBytes)
    {
        var output = new PooledBytes(body.Bytes.Budget);
        try
        {
            var end = Decompressor.Decompress(coding, body.Bytes, output, maxBytes);
            if (end == DecompressionEnd.Failed && (body.IsWhole || coding is not (Coding.Gzip or Coding.Zlib))) return false;
            if (end != DecompressionEnd.Whole && output.Length == 0) return false;
            if (end != DecompressionEnd.Whole && body.IsWhole) body.State = BodyState.Capped;
            body.Replace(output);
            output = null;
            return true;
        }
        finally
        {
            output?.Dispose();
        }
    }

    private static bool LooksCompressed(ReadOnlySpan<byte> bytes) => IsGzip(bytes) || IsZlib(bytes);

    private static bool IsGzip(ReadOnlySpan<byte> bytes) => bytes is [0x1f, 0x8b, 0x08, ..];

    /// <summary>Whether the header is valid (RFC 1950): method 8, a valid window, and a multiple of 31.</summary>
    private static bool IsZlib(ReadOnlySpan<byte> bytes) => bytes is [var first, var second, ..]
        && (first & 0x0f) == 8 && first >> 4 <= 7 && ((first << 8) | second) % 31 == 0;

    private static int ReadHeader(string header, Span<Coding> hints)
    {
        var count = 0;
        foreach (var part in header.AsSpan().Split(','))
        {
            if (count == hints.Length) break;
            var name = header.AsSpan(part).Trim();
            var coding = Is(name, "br") ? Coding.Brotli : Is(name, "deflate") ? Coding.Deflate : Coding.None;
            if (coding != Coding.None) hints[count++] = coding;
        }

        return count;
    }

    private static bool Is(ReadOnlySpan<char> name, string value) => name.Equals(value, StringComparison.OrdinalIgnoreCase);
}
