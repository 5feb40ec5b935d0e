using Microsoft.Extensions.Primitives;

namespace HoodyLogs.AspNetCore.Capture.Bodies;

/// <summary>
/// Undoes content codings. The bytes decide: middleware outside of capture adds the header to bytes that are still plain, and some senders leave it out.
/// </summary>
internal static class ContentCodings
{
    private const int MostLayers = 3;
    private const int MostHints = 4;

    /// <summary>Undoes what can be undone.</summary>
    /// <param name="body">The body.</param>
    /// <param name="header">Its Content-Encoding.</param>
    /// <param name="maxBytes">The most bytes of the result.</param>
    /// <returns>False where the body is compressed and cannot be read.</returns>
    /// <exception cref="BodyMemoryException">The budget is used up.</exception>
    public static bool TryUndo(ProcessedBody body, StringValues header, int maxBytes)
    {
        if (StringValues.IsNullOrEmpty(header) && !BeginsLikeCompressed(body.Bytes.Span)) return true;
        Span<Coding> hints = stackalloc Coding[MostHints];
        hints = hints[..Read(header.ToString(), hints)];
        for (var layer = 0; layer < MostLayers; layer++)
        {
            if (IsGzip(body.Bytes.Span))
            {
                if (!TryUndo(body, Coding.Gzip, maxBytes)) return false;
            }
            else if (TextEncodings.IsUtf8Text(body.Bytes.Span, body.IsWhole) || !TryUndoAny(body, hints, maxBytes))
            {
                return true;
            }
        }

        return !IsGzip(body.Bytes.Span);
    }

    /// <summary>Tries the codings that the header names, from the last one applied, and zlib, which can be recognised without a header.</summary>
    private static bool TryUndoAny(ProcessedBody body, Span<Coding> hints, int maxBytes)
    {
        for (var at = hints.Length - 1; at >= 0; at--)
        {
            var hint = hints[at];
            hints[at] = Coding.None;
            if (hint == Coding.Deflate && IsZlib(body.Bytes.Span)) hint = Coding.Zlib;
            if (hint is Coding.Brotli or Coding.Deflate or Coding.Zlib && TryUndo(body, hint, maxBytes)) return true;
        }

        return IsZlib(body.Bytes.Span) && TryUndo(body, Coding.Zlib, maxBytes);
    }

    private static bool TryUndo(ProcessedBody body, Coding coding, int maxBytes)
    {
        var output = new PooledBytes(body.Bytes.Budget);
        try
        {
            var end = Decompressor.Read(coding, body.Bytes, output, maxBytes);
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

    private static bool BeginsLikeCompressed(ReadOnlySpan<byte> bytes) => IsGzip(bytes) || IsZlib(bytes);

    private static bool IsGzip(ReadOnlySpan<byte> bytes) => bytes is [0x1f, 0x8b, 0x08, ..];

    /// <summary>The header of RFC 1950: method 8, a window that exists, a multiple of 31.</summary>
    private static bool IsZlib(ReadOnlySpan<byte> bytes) => bytes is [var first, var second, ..]
        && (first & 0x0f) == 8 && first >> 4 <= 7 && ((first << 8) | second) % 31 == 0;

    private static int Read(string header, Span<Coding> hints)
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
