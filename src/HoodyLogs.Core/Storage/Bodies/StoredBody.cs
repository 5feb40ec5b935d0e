using System.Buffers.Binary;
using System.Numerics;
using Snappier;

namespace HoodyLogs.Storage.Bodies;

/// <summary>
/// How a body is stored: in the block format of Snappy (<see href="https://github.com/google/snappy/blob/main/format_description.txt"/>), or as it is
/// where that is no shorter. What JSON saves, a half or more, takes about as many cycles to save as to write, and the disk is what runs out.
/// </summary>
/// <param name="Bytes">How much of the file it takes.</param>
/// <param name="IsCompressed">Whether it is compressed.</param>
/// <param name="Checksum">A checksum of what is in the file, and of how it is to be read.</param>
internal readonly record struct StoredBody(uint Bytes, bool IsCompressed, uint Checksum)
{
    /// <summary>The room that <see cref="Write"/> needs.</summary>
    public static int MaxStoredBytes(int length) => Snappy.GetMaxCompressedLength(length);

    /// <summary>Writes a body as it is to be stored.</summary>
    public static StoredBody Write(ReadOnlySpan<byte> body, Span<byte> stored)
    {
        var bytes = Snappy.Compress(body, stored);
        var isPacked = bytes < body.Length;
        if (!isPacked)
        {
            body.CopyTo(stored);
            bytes = body.Length;
        }

        return new StoredBody((uint)bytes, isPacked, ComputeChecksum(stored[..bytes], isPacked));
    }

    /// <summary>Whether these bytes are the ones that were written.</summary>
    public bool Matches(ReadOnlySpan<byte> stored) => ComputeChecksum(stored, IsCompressed) == Checksum;

    /// <summary>A CRC-32C of every fourth word in four lanes, since a single one would wait for itself, folded into one.</summary>
    internal static uint ComputeChecksum(ReadOnlySpan<byte> bytes, bool isPacked)
    {
        var (first, second, third, fourth) = (isPacked ? 4u : 0u, 1u, 2u, 3u);
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
