using System.Buffers.Binary;

namespace HoodyLogs.Storage.Bodies;

/// <summary>The location of a record's bodies in their file. The request body comes first.</summary>
internal readonly record struct BodyLocation(uint Offset, StoredBody Request, StoredBody Response)
{
    /// <summary>The size of an encoded location in bytes.</summary>
    public const int Size = 20;

    private const uint CompressedFlag = 1u << 31;

    public uint ResponseOffset => Offset + Request.Bytes;

    public long Bytes => (long)Request.Bytes + Response.Bytes;

    public static BodyLocation Read(ReadOnlySpan<byte> stored) => new(ReadUInt32(stored, 0), ReadBody(stored, 1), ReadBody(stored, 3));

    public void Write(Span<byte> stored)
    {
        Put(stored, 0, Offset);
        Put(stored, 1, Request);
        Put(stored, 3, Response);
    }

    private static StoredBody ReadBody(ReadOnlySpan<byte> stored, int index)
    {
        var bytes = ReadUInt32(stored, index);
        return new StoredBody(bytes & ~CompressedFlag, (bytes & CompressedFlag) != 0, ReadUInt32(stored, index + 1));
    }

    private static void Put(Span<byte> stored, int index, StoredBody body)
    {
        Put(stored, index, body.Bytes | (body.IsCompressed ? CompressedFlag : 0));
        Put(stored, index + 1, body.Checksum);
    }

    private static uint ReadUInt32(ReadOnlySpan<byte> stored, int index) => BinaryPrimitives.ReadUInt32LittleEndian(stored[(4 * index)..]);

    private static void Put(Span<byte> stored, int index, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(stored[(4 * index)..], value);
}
