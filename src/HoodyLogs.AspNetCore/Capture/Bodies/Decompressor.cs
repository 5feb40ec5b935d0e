using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;
using System.Runtime.InteropServices;

namespace HoodyLogs.AspNetCore.Capture.Bodies;

/// <summary>A content coding that can be decoded.</summary>
internal enum Coding : byte
{
    None,
    Gzip,
    Zlib,
    Deflate,
    Brotli,
}

/// <summary>How decompression ended.</summary>
internal enum DecompressionEnd : byte
{
    Whole,

    /// <summary>The output is longer than the maximum, or the input ends too early.</summary>
    Cut,

    Failed,
}

/// <summary>Decompresses bodies. The maximum length of the output limits work and memory.</summary>
internal static class Decompressor
{
    private const int InflaterBytes = 64 * 1024;

    // A Brotli decoder may fill its window before it returns the first byte. Servers and browsers use at most 4 MiB.
    private const int MaxBrotliWindowBits = 22;
    private const int MaxDecoderShare = 8;
    private const int MinRead = 1024;

    /// <exception cref="BodyMemoryException">The budget is used up.</exception>
    public static DecompressionEnd Decompress(Coding coding, PooledBytes input, PooledBytes output, int maxBytes)
    {
        var budget = input.Budget;
        var window = coding == Coding.Brotli ? BrotliWindow(input.Span) : 0;
        if (window > MaxBrotliWindowBits) return DecompressionEnd.Failed;

        // In a small budget only a part of the decoder's memory is counted; otherwise nothing could be decompressed.
        var decoder = Math.Min(coding == Coding.Brotli ? 1L << window : InflaterBytes, budget.Limit / MaxDecoderShare);
        budget.Take(decoder);
        try
        {
            return coding == Coding.Brotli ? ReadBrotli(input.Span, output, maxBytes) : Inflate(coding, input, output, maxBytes);
        }
        finally
        {
            budget.GiveBack(decoder);
        }
    }

    private static DecompressionEnd ReadBrotli(ReadOnlySpan<byte> input, PooledBytes output, int maxBytes)
    {
        using var decoder = default(BrotliDecoder);
        while (true)
        {
            var room = Room(output, maxBytes);
            var status = decoder.Decompress(input, room, out var consumed, out var written);
            input = input[consumed..];
            output.Advance(written);
            switch (status)
            {
                case OperationStatus.Done:
                    return input.IsEmpty ? DecompressionEnd.Whole : DecompressionEnd.Failed;
                case OperationStatus.NeedMoreData:
                    return DecompressionEnd.Cut;
                case OperationStatus.DestinationTooSmall when output.Length < maxBytes:
                    continue;
                case OperationStatus.DestinationTooSmall:
                    return DecompressionEnd.Cut;
                default:
                    return DecompressionEnd.Failed;
            }
        }
    }

    private static DecompressionEnd Inflate(Coding coding, PooledBytes input, PooledBytes output, int maxBytes)
    {
        MemoryMarshal.TryGetArray(input.Memory, out var array);
        using var source = new InputStream(array);
        using Stream inflater = coding switch
        {
            Coding.Gzip => new GZipStream(source, CompressionMode.Decompress),
            Coding.Zlib => new ZLibStream(source, CompressionMode.Decompress),
            _ => new DeflateStream(source, CompressionMode.Decompress),
        };
        try
        {
            while (output.Length < maxBytes)
            {
                var read = inflater.Read(Room(output, maxBytes));
                if (read == 0) return IsComplete(coding, input.Span, output.Length, source.HasReadPastEnd) ? DecompressionEnd.Whole : DecompressionEnd.Cut;
                output.Advance(read);
            }

            return inflater.ReadByte() < 0 ? DecompressionEnd.Whole : DecompressionEnd.Cut;
        }
        catch (InvalidDataException)
        {
            return DecompressionEnd.Failed;
        }
    }

    /// <summary>Whether the input is complete. A gzip reader always looks for another member, so the length in the trailer decides.</summary>
    private static bool IsComplete(Coding coding, ReadOnlySpan<byte> input, int length, bool hasReadPastEnd)
    {
        if (coding != Coding.Gzip) return !hasReadPastEnd;
        return input.Length > sizeof(uint) && BinaryPrimitives.ReadUInt32LittleEndian(input[^sizeof(uint)..]) <= (uint)length;
    }

    private static Span<byte> Room(PooledBytes output, int maxBytes)
    {
        var room = Math.Min(maxBytes - output.Length, Math.Max(MinRead, output.Length));
        return room == 0 ? [] : output.GetSpan(room)[..room];
    }

    /// <summary>Reads the bits of the window from the first byte (RFC 7932, 9.1); 99 if the window is invalid.</summary>
    private static int BrotliWindow(ReadOnlySpan<byte> input)
    {
        const int None = 99;
        if (input.IsEmpty) return None;
        var first = input[0];
        if ((first & 1) == 0) return 16;
        if (((first >> 1) & 7) is > 0 and var large) return 17 + large;
        return ((first >> 4) & 7) switch { 0 => 17, 1 => None, var small => 8 + small };
    }

    /// <summary>A stream that remembers whether a read went past its end.</summary>
    private sealed class InputStream(ArraySegment<byte> bytes) : MemoryStream(bytes.Array!, bytes.Offset, bytes.Count, writable: false)
    {
        public bool HasReadPastEnd { get; private set; }

        public override int Read(byte[] buffer, int offset, int count) => Track(base.Read(buffer, offset, count), count);

        public override int Read(Span<byte> buffer) => Track(base.Read(buffer), buffer.Length);

        private int Track(int read, int requested)
        {
            HasReadPastEnd |= read == 0 && requested > 0;
            return read;
        }
    }
}
