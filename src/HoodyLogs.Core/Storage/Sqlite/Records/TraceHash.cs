using System.Buffers.Binary;
using System.Text;

namespace HoodyLogs.Storage.Sqlite.Records;

/// <summary>The storage format of a trace id, in two bits of <see cref="RecordFlags"/>.</summary>
internal enum TraceForm
{
    /// <summary>The record has no trace id.</summary>
    None,

    /// <summary>32 hexadecimal digits, stored as 16 bytes.</summary>
    Hex,

    /// <summary>A UUID, stored as 16 bytes.</summary>
    Uuid,

    /// <summary>Any other text, stored as UTF-8.</summary>
    Text,
}

/// <summary>
/// Encodes and hashes trace ids. Canonical ids are 32 lower-case hexadecimal digits or a lower-case UUID. They take 16 bytes. Other ids are stored as text.
/// </summary>
internal static class TraceHash
{
    public const int EncodedSize = 16;
    private const int HexLength = 32;
    private const int UuidLength = 36;

    /// <summary>Encodes a canonical trace id.</summary>
    /// <returns>False if the text is not canonical.</returns>
    public static bool TryEncode(ReadOnlySpan<char> text, Span<byte> encoded, out bool isUuid)
    {
        isUuid = text.Length == UuidLength;
        if (text.Length == HexLength) return TryDecodeHex(text, encoded);
        if (!isUuid || text[8] != '-' || text[13] != '-' || text[18] != '-' || text[23] != '-') return false;
        Span<char> hex = stackalloc char[HexLength];
        text[..8].CopyTo(hex);
        text[9..13].CopyTo(hex[8..]);
        text[14..18].CopyTo(hex[12..]);
        text[19..23].CopyTo(hex[16..]);
        text[24..].CopyTo(hex[20..]);
        return TryDecodeHex(hex, encoded);
    }

    /// <summary>Writes the text of an encoded trace id as UTF-8.</summary>
    /// <param name="encoded">16 bytes.</param>
    /// <param name="isUuid">Whether the text is a UUID.</param>
    /// <param name="utf8">The buffer, at least 36 bytes long.</param>
    /// <returns>The number of written bytes.</returns>
    public static int Decode(ReadOnlySpan<byte> encoded, bool isUuid, Span<byte> utf8)
    {
        Convert.TryToHexStringLower(encoded, utf8, out _);
        if (!isUuid) return HexLength;
        utf8[20..HexLength].CopyTo(utf8[24..]);
        utf8[16..20].CopyTo(utf8[19..]);
        utf8[12..16].CopyTo(utf8[14..]);
        utf8[8..12].CopyTo(utf8[9..]);
        utf8[8] = utf8[13] = utf8[18] = utf8[23] = (byte)'-';
        return UuidLength;
    }

    /// <summary>Returns the hash for the trace index. It is never 0, the same in all processes, and the same for both canonical formats.</summary>
    public static uint Hash(ReadOnlySpan<byte> encoded)
    {
        var mixed = (BinaryPrimitives.ReadUInt64LittleEndian(encoded) * 0x9E3779B97F4A7C15) ^ BinaryPrimitives.ReadUInt64LittleEndian(encoded[8..]);
        return Fold(mixed * 0xD6E8FEB86659FD93);
    }

    /// <summary>Returns the hash of any trace id.</summary>
    public static uint Hash(string text)
    {
        Span<byte> encoded = stackalloc byte[EncodedSize];
        return TryEncode(text, encoded, out _) ? Hash(encoded) : HashText(Encoding.UTF8.GetBytes(text));
    }

    /// <summary>Returns the hash of a text that is not canonical.</summary>
    public static uint HashText(ReadOnlySpan<byte> utf8)
    {
        var hash = 14_695_981_039_346_656_037; // FNV-1a
        foreach (var value in utf8) hash = (hash ^ value) * 1_099_511_628_211;
        return Fold(hash * 0xD6E8FEB86659FD93);
    }

    private static uint Fold(ulong value) => Math.Max(1, (uint)(value >> 32));

    private static bool TryDecodeHex(ReadOnlySpan<char> hex, Span<byte> encoded) =>
        !hex.ContainsAnyInRange('A', 'F') && Convert.FromHexString(hex, encoded, out _, out _) == System.Buffers.OperationStatus.Done;
}
