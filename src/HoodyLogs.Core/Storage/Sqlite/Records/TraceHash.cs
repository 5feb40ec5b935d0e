using System.Buffers.Binary;
using System.Text;

namespace HoodyLogs.Storage.Sqlite.Records;

/// <summary>How a trace id is stored, in two bits of <see cref="RecordFlags"/>.</summary>
internal enum TraceForm
{
    /// <summary>There is none.</summary>
    None,

    /// <summary>16 bytes, which were 32 hex digits.</summary>
    Hex,

    /// <summary>16 bytes, which were a UUID.</summary>
    Uuid,

    /// <summary>The text that it is.</summary>
    Text,
}

/// <summary>
/// Trace ids in 16 bytes where they are what they should be: 32 lower-case hex digits, or a lower-case UUID. Any other text is kept as it is.
/// </summary>
internal static class TraceHash
{
    public const int EncodedSize = 16;
    private const int HexLength = 32;
    private const int UuidLength = 36;

    /// <summary>Packs a canonical trace id.</summary>
    /// <returns>Whether it was canonical.</returns>
    public static bool TryEncode(ReadOnlySpan<char> text, Span<byte> packed, out bool isUuid)
    {
        isUuid = text.Length == UuidLength;
        if (text.Length == HexLength) return TryDecodeHex(text, packed);
        if (!isUuid || text[8] != '-' || text[13] != '-' || text[18] != '-' || text[23] != '-') return false;
        Span<char> hex = stackalloc char[HexLength];
        text[..8].CopyTo(hex);
        text[9..13].CopyTo(hex[8..]);
        text[14..18].CopyTo(hex[12..]);
        text[19..23].CopyTo(hex[16..]);
        text[24..].CopyTo(hex[20..]);
        return TryDecodeHex(hex, packed);
    }

    /// <summary>The text of a packed trace id, as UTF-8.</summary>
    /// <param name="packed">16 bytes.</param>
    /// <param name="isUuid">Which of the two forms it had.</param>
    /// <param name="utf8">At least 36 bytes.</param>
    /// <returns>How many bytes were written.</returns>
    public static int Decode(ReadOnlySpan<byte> packed, bool isUuid, Span<byte> utf8)
    {
        Convert.TryToHexStringLower(packed, utf8, out _);
        if (!isUuid) return HexLength;
        utf8[20..HexLength].CopyTo(utf8[24..]);
        utf8[16..20].CopyTo(utf8[19..]);
        utf8[12..16].CopyTo(utf8[14..]);
        utf8[8..12].CopyTo(utf8[9..]);
        utf8[8] = utf8[13] = utf8[18] = utf8[23] = (byte)'-';
        return UuidLength;
    }

    /// <summary>What the trace index goes by: never 0, the same in every process and in both canonical forms.</summary>
    public static uint Hash(ReadOnlySpan<byte> packed)
    {
        var mixed = (BinaryPrimitives.ReadUInt64LittleEndian(packed) * 0x9E3779B97F4A7C15) ^ BinaryPrimitives.ReadUInt64LittleEndian(packed[8..]);
        return Fold(mixed * 0xD6E8FEB86659FD93);
    }

    /// <summary>The hash of any trace id's text.</summary>
    public static uint Hash(string text)
    {
        Span<byte> packed = stackalloc byte[EncodedSize];
        return TryEncode(text, packed, out _) ? Hash(packed) : HashText(Encoding.UTF8.GetBytes(text));
    }

    /// <summary>The hash of a text that is not canonical.</summary>
    public static uint HashText(ReadOnlySpan<byte> utf8)
    {
        var hash = 14_695_981_039_346_656_037; // FNV-1a
        foreach (var value in utf8) hash = (hash ^ value) * 1_099_511_628_211;
        return Fold(hash * 0xD6E8FEB86659FD93);
    }

    private static uint Fold(ulong value) => Math.Max(1, (uint)(value >> 32));

    private static bool TryDecodeHex(ReadOnlySpan<char> hex, Span<byte> packed) =>
        !hex.ContainsAnyInRange('A', 'F') && Convert.FromHexString(hex, packed, out _, out _) == System.Buffers.OperationStatus.Done;
}
