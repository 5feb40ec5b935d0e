using System.Buffers.Binary;
using System.Numerics;

namespace HoodyLogs.Storage.Bodies;

/// <summary>Where the bodies of one record lie within their file, the request's before the response's, and checksums to know them by.</summary>
internal readonly record struct BodyPlace(uint Offset, uint RequestBytes, uint RequestCheck, uint ResponseBytes, uint ResponseCheck)
{
    /// <summary>The size of a place as it is stored.</summary>
    public const int Size = 20;

    public uint ResponseOffset => Offset + RequestBytes;

    public long Bytes => (long)RequestBytes + ResponseBytes;

    public static BodyPlace Read(ReadOnlySpan<byte> stored) => new(At(stored, 0), At(stored, 1), At(stored, 2), At(stored, 3), At(stored, 4));

    public void Write(Span<byte> stored)
    {
        Put(stored, 0, Offset);
        Put(stored, 1, RequestBytes);
        Put(stored, 2, RequestCheck);
        Put(stored, 3, ResponseBytes);
        Put(stored, 4, ResponseCheck);
    }

    /// <summary>A CRC-32C of every fourth word in four lanes, since a single one would wait for itself, folded into one.</summary>
    public static uint Check(ReadOnlySpan<byte> bytes)
    {
        var (first, second, third, fourth) = (0u, 1u, 2u, 3u);
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

    private static uint At(ReadOnlySpan<byte> stored, int index) => BinaryPrimitives.ReadUInt32LittleEndian(stored[(4 * index)..]);

    private static void Put(Span<byte> stored, int index, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(stored[(4 * index)..], value);
}
