using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;

namespace HoodyLogs.AspNetCore.Endpoints.Fanout;

/// <summary>
/// Where a fanned-out read goes on: signed, so that nobody makes his own, and bound to the filters of its first page (decision F5).
/// </summary>
/// <param name="Snapshot">The highest id that any page shows.</param>
/// <param name="Position">The last id that was delivered or passed over.</param>
/// <param name="IssuedAtMs">When this cursor was given out, Unix milliseconds.</param>
/// <param name="BegunAtMs">When the first page was read, Unix milliseconds. Relative times count from then on all pages.</param>
internal readonly record struct FanoutCursor(long Snapshot, long Position, long IssuedAtMs, long BegunAtMs)
{
    private const byte Version = 2;
    private const int FilterAt = 1 + (4 * sizeof(long));
    private const int MacAt = FilterAt + FanoutFilterDigest.DigestSize;

    // A multiple of three, so that each cursor has exactly one text: no bit of its last character is without meaning.
    private const int Size = MacAt + HMACSHA256.HashSizeInBytes;
    private const int TextLength = Size / 3 * 4;

    /// <summary>The cursor as text.</summary>
    /// <param name="filter">The digest of what it is bound to.</param>
    /// <param name="key">The store's key.</param>
    public string Sign(ReadOnlySpan<byte> filter, ReadOnlySpan<byte> key)
    {
        Span<byte> bytes = stackalloc byte[Size];
        bytes[0] = Version;
        BinaryPrimitives.WriteInt64BigEndian(bytes[1..], Snapshot);
        BinaryPrimitives.WriteInt64BigEndian(bytes[9..], Position);
        BinaryPrimitives.WriteInt64BigEndian(bytes[17..], IssuedAtMs);
        BinaryPrimitives.WriteInt64BigEndian(bytes[25..], BegunAtMs);
        filter.CopyTo(bytes[FilterAt..]);
        HMACSHA256.HashData(key, bytes[..MacAt], bytes[MacAt..]);
        return Base64Url.EncodeToString(bytes);
    }

    /// <summary>Reads a cursor; false where it was not signed with this key for this filter.</summary>
    public static bool TryRead(ReadOnlySpan<char> text, ReadOnlySpan<byte> filter, ReadOnlySpan<byte> key, out FanoutCursor cursor)
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
    /// When the walk of a cursor began, Unix milliseconds; null for a text that is no cursor. Not trustworthy: the signature is checked only by
    /// <see cref="TryRead"/>, which needs the filter that relative times are part of.
    /// </summary>
    public static long? BeginningOf(ReadOnlySpan<char> text)
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
