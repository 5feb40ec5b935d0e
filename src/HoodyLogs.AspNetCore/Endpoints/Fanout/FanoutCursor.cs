using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;

namespace HoodyLogs.AspNetCore.Endpoints.Fanout;

/// <summary>
/// The position of a fanned-out read. Its text is signed, so that clients cannot create their own, and is bound to the filters of the first page.
/// </summary>
/// <param name="Snapshot">The highest id that the pages show.</param>
/// <param name="Position">The last id that was sent or skipped.</param>
/// <param name="IssuedAtMs">The time when this cursor was issued, in Unix milliseconds.</param>
/// <param name="StartedAtMs">The time when the first page was read, in Unix milliseconds. Relative times refer to it on all pages.</param>
internal readonly record struct FanoutCursor(long Snapshot, long Position, long IssuedAtMs, long StartedAtMs)
{
    private const byte Version = 2;
    private const int FilterAt = 1 + (4 * sizeof(long));
    private const int MacAt = FilterAt + FanoutFilterDigest.DigestSize;

    // A multiple of three, so that each cursor has exactly one text: base64 has no unused bits then.
    private const int Size = MacAt + HMACSHA256.HashSizeInBytes;
    private const int TextLength = Size / 3 * 4;

    /// <summary>Returns the signed text of the cursor.</summary>
    /// <param name="filter">The digest of the filters.</param>
    /// <param name="key">The signing key of the store.</param>
    public string Sign(ReadOnlySpan<byte> filter, ReadOnlySpan<byte> key)
    {
        Span<byte> bytes = stackalloc byte[Size];
        bytes[0] = Version;
        BinaryPrimitives.WriteInt64BigEndian(bytes[1..], Snapshot);
        BinaryPrimitives.WriteInt64BigEndian(bytes[9..], Position);
        BinaryPrimitives.WriteInt64BigEndian(bytes[17..], IssuedAtMs);
        BinaryPrimitives.WriteInt64BigEndian(bytes[25..], StartedAtMs);
        filter.CopyTo(bytes[FilterAt..]);
        HMACSHA256.HashData(key, bytes[..MacAt], bytes[MacAt..]);
        return Base64Url.EncodeToString(bytes);
    }

    /// <summary>Parses a cursor. Returns false if it was not signed with this key for these filters.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, ReadOnlySpan<byte> filter, ReadOnlySpan<byte> key, out FanoutCursor cursor)
    {
        cursor = default;
        Span<byte> bytes = stackalloc byte[Size];
        if (!TryDecode(text, bytes)) return false;
        Span<byte> mac = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(key, bytes[..MacAt], mac);
        if (!CryptographicOperations.FixedTimeEquals(mac, bytes[MacAt..]) || bytes[0] != Version) return false;
        if (!filter.SequenceEqual(bytes[FilterAt..MacAt])) return false;
        cursor = new FanoutCursor(
            BinaryPrimitives.ReadInt64BigEndian(bytes[1..]),
            BinaryPrimitives.ReadInt64BigEndian(bytes[9..]),
            BinaryPrimitives.ReadInt64BigEndian(bytes[17..]),
            BinaryPrimitives.ReadInt64BigEndian(bytes[25..]));
        return true;
    }

    /// <summary>
    /// Reads the time of the first page from a cursor, in Unix milliseconds; null if the text is not a cursor. The value is not authenticated:
    /// <see cref="TryParse"/> checks the signature, but it needs the filters, and relative times in filters need this value.
    /// </summary>
    public static long? ReadStartTime(ReadOnlySpan<char> text)
    {
        Span<byte> bytes = stackalloc byte[Size];
        if (!TryDecode(text, bytes)) return null;
        return BinaryPrimitives.ReadInt64BigEndian(bytes[25..]);
    }

    private static bool TryDecode(ReadOnlySpan<char> text, Span<byte> bytes)
    {
        if (text.Length != TextLength || !Base64Url.IsValid(text, out var length) || length != Size) return false;
        Base64Url.DecodeFromChars(text, bytes);
        return true;
    }
}
