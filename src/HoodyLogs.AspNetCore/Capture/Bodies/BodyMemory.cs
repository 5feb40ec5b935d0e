using System.Buffers;
using System.Net;
using System.Net.Sockets;

namespace HoodyLogs.AspNetCore.Capture.Bodies;

/// <summary>
/// The memory of all bodies from their first byte until they are stored or dropped, including the memory that redaction needs. It is divided into shares,
/// one for each tenant. A share can grow only while it is not larger than the free memory, so one share takes at most half.
/// </summary>
internal sealed class BodyMemory
{
    /// <summary>The share of all exchanges with an unknown scope.</summary>
    public const int UnknownScope = 0;

    private const int MaxPooledLength = 16 * 1024;
    private const int PooledPerSize = 512;

    // The hash has a random key in each process, so a client cannot choose another share.
    private const int ShareCount = 8192;
    private const int Ipv6NetworkBytes = 8;

    private readonly long[] _shares = new long[ShareCount];

    // The writer returns a batch at once, which is more than the shared pool keeps of one size. At most 16 MiB stay here.
    private readonly ArrayPool<byte> _pool = ArrayPool<byte>.Create(MaxPooledLength, PooledPerSize);
    private long _used;
    private long _refused;

    /// <summary>The bytes in use.</summary>
    public long Used => Interlocked.Read(ref _used);

    /// <summary>The number of bodies that were truncated or not stored because of the limit.</summary>
    public long Refused => Interlocked.Read(ref _refused);

    public static int ShareOf(string projectId) => IndexOf(projectId.GetHashCode());

    /// <summary>Returns the share of a client, or of its IPv6 network, because one client has many IPv6 addresses.</summary>
    public static int ShareOf(IPAddress? address)
    {
        if (address is null) return UnknownScope;
        if (address.IsIPv4MappedToIPv6 || address.AddressFamily != AddressFamily.InterNetworkV6) return IndexOf(address.MapToIPv4().GetHashCode());
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out _);
        var hash = default(HashCode);
        hash.AddBytes(bytes[..Ipv6NetworkBytes]);
        return IndexOf(hash.ToHashCode());
    }

    public byte[] Rent(int length) => length <= MaxPooledLength ? _pool.Rent(length) : ArrayPool<byte>.Shared.Rent(length);

    public void Return(byte[] bytes) => (bytes.Length <= MaxPooledLength ? _pool : ArrayPool<byte>.Shared).Return(bytes);

    /// <summary>Takes memory for a share.</summary>
    /// <param name="bytes">The number of bytes.</param>
    /// <param name="share">The index of the share.</param>
    /// <param name="limit">The limit of all shares together, in bytes.</param>
    /// <returns>False if the share would be larger than the free memory.</returns>
    public bool TryTake(long bytes, int share, long limit)
    {
        // Checked first, so that an attempt that fails does not make others fail.
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

    /// <summary>Counts a body that is truncated or not stored.</summary>
    public void CountRefused() => Interlocked.Increment(ref _refused);

    private static int IndexOf(int hash) => 1 + (int)((uint)hash % (ShareCount - 1));
}
