using System.Buffers.Binary;
using System.Numerics;
using Snappier;

namespace HoodyLogs.Storage.Bodies;

/// <summary>
/// The format of a stored body: the Snappy block format (<see href="https://github.com/google/snappy/blob/main/format_description.txt"/>), or
/// uncompressed if that is not longer. Snappy halves typical JSON. The saved writing costs about as many cycles as the compression, and disk space is
/// the scarce resource.
/// </summary>
/// <param name="Bytes">The number of bytes in the file.</param>
/// <param name="IsCompressed">Whether the body is compressed.</param>
/// <param name="Checksum">The checksum of the stored bytes and of <paramref name="IsCompressed"/>.</param>
internal readonly record struct StoredBody(uint Bytes, bool IsCompressed, uint Checksum)
{
    /// <summary>Gets the buffer size that <see cref="Write"/> needs for a body.</summary>
    public static int MaxStoredBytes(int length) => Snappy.GetMaxCompressedLength(length);

    /// <summary>Encodes a body for the file.</summary>
    public static StoredBody Write(ReadOnlySpan<byte> body, Span<byte> stored)
    {
        var bytes = Snappy.Compress(body, stored);
        var isCompressed = bytes < body.Length;
        if (!isCompressed)
        {
            body.CopyTo(stored);
            bytes = body.Length;
        }

        return new StoredBody((uint)bytes, isCompressed, ComputeChecksum(stored[..bytes], isCompressed));
    }

    /// <summary>Returns whether the stored bytes have the expected checksum.</summary>
    public bool Matches(ReadOnlySpan<byte> stored) => ComputeChecksum(stored, IsCompressed) == Checksum;

    /// <summary>Computes a CRC-32C in four independent lanes and combines them. One lane would be slower, because each step waits for the previous one.</summary>
    internal static uint ComputeChecksum(ReadOnlySpan<byte> bytes, bool isCompressed)
    {
        var (first, second, third, fourth) = (isCompressed ? 4u : 0u, 1u, 2u, 3u);
        for (; bytes.Length >= 32; bytes = bytes[32..])
        {
            first = BitOperations.Crc32C(first, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            second = BitOperations.Crc32C(second, BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]));
            third = BitOperations.Crc32C(third, BinaryPrimitives.ReadUInt64LittleEndian(bytes[16..]));
            fourth = BitOperations.Crc32C(fourth, BinaryPrimitives.ReadUInt64LittleEndian(bytes[24..]));
        }

        foreach (var last in bytes) first = BitOperations.Crc32C(first, last);
        return BitOperations.Crc32C(BitOperations.Crc32C(BitOperations.Crc32C(first, second), third), fourth);
    }
}
