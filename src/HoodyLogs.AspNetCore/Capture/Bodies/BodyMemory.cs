using System.Buffers;
using System.Net;
using System.Net.Sockets;

namespace HoodyLogs.AspNetCore.Capture.Bodies;

/// <summary>
/// The memory of all bodies from their first byte until they are stored or lost, including what redaction needs. It is divided into shares, one for
/// each tenant. A share may grow only while it is no larger than what is free, so one share takes at most half and every other share finds room.
/// </summary>
internal sealed class BodyMemory
{
    /// <summary>The share of all exchanges without a known scope.</summary>
    public const int UnknownScope = 0;

    private const int LongestKept = 16 * 1024;
    private const int KeptOfEachSize = 512;

    // Hashed with a key per process, so nobody can choose whose share to use.
    private const int Shares = 8192;
    private const int Ipv6NetworkBytes = 8;

    private readonly long[] _shares = new long[Shares];

    // The writer gives back a batch at a time, more than the shared pool keeps of one size. At most 16 MiB stay here.
    private readonly ArrayPool<byte> _pool = ArrayPool<byte>.Create(LongestKept, KeptOfEachSize);
    private long _used;
    private long _refused;

    /// <summary>Bytes that are held now.</summary>
    public long Used => Interlocked.Read(ref _used);

    /// <summary>How many bodies were cut or not stored for want of memory.</summary>
    public long Refused => Interlocked.Read(ref _refused);

    public static int ShareOf(string projectId) => Slot(projectId.GetHashCode());

    /// <summary>The share of a client, or of its IPv6 network: one client has many addresses there.</summary>
    public static int ShareOf(IPAddress? address)
    {
        if (address is null) return UnknownScope;
        if (address.IsIPv4MappedToIPv6 || address.AddressFamily != AddressFamily.InterNetworkV6) return Slot(address.MapToIPv4().GetHashCode());
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out _);
        var hash = default(HashCode);
        hash.AddBytes(bytes[..Ipv6NetworkBytes]);
        return Slot(hash.ToHashCode());
    }

    public byte[] Rent(int length) => length <= LongestKept ? _pool.Rent(length) : ArrayPool<byte>.Shared.Rent(length);

    public void Return(byte[] bytes) => (bytes.Length <= LongestKept ? _pool : ArrayPool<byte>.Shared).Return(bytes);

    /// <summary>Takes so many bytes for a share.</summary>
    /// <param name="bytes">How many.</param>
    /// <param name="share">Whose.</param>
    /// <param name="limit">The limit for all shares together.</param>
    /// <returns>False if the share would be larger than what is free.</returns>
    public bool TryTake(long bytes, int share, long limit)
    {
        // Looked at first: an attempt that fails anyway must not be in the way of others.
        if (Volatile.Read(ref _shares[share]) + bytes > limit - (Used + bytes)) return false;
        var used = Interlocked.Add(ref _used, bytes);
        if (Interlocked.Add(ref _shares[share], bytes) <= limit - used) return true;
        GiveBack(bytes, share);
        return false;
    }

    public void GiveBack(long bytes, int share)
    {
        Interlocked.Add(ref _shares[share], -bytes);
        Interlocked.Add(ref _used, -bytes);
    }

    /// <summary>Counts a body that was cut or is not stored.</summary>
    public void NoteRefused() => Interlocked.Increment(ref _refused);

    private static int Slot(int hash) => 1 + (int)((uint)hash % (Shares - 1));
}
