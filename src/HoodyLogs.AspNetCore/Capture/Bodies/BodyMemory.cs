using System.Buffers;

namespace HoodyLogs.AspNetCore.Capture.Bodies;

/// <summary>The one budget of all bodies from their first byte until they are stored or lost.</summary>
internal sealed class BodyMemory
{
    private const int LongestKept = 16 * 1024;
    private const int KeptOfEachSize = 512;

    // The writer gives back a batch at a time, more than the shared pool keeps of one size. At most 16 MiB stay here.
    private readonly ArrayPool<byte> _pool = ArrayPool<byte>.Create(LongestKept, KeptOfEachSize);
    private long _used;

    /// <summary>Bytes that are held now.</summary>
    public long Used => Interlocked.Read(ref _used);

    public byte[] Rent(int length) => length <= LongestKept ? _pool.Rent(length) : ArrayPool<byte>.Shared.Rent(length);

    public void Return(byte[] bytes) => (bytes.Length <= LongestKept ? _pool : ArrayPool<byte>.Shared).Return(bytes);

    /// <summary>Takes so many bytes, unless that passes the limit.</summary>
    public bool TryTake(int bytes, long limit)
    {
        if (Interlocked.Add(ref _used, bytes) <= limit) return true;
        GiveBack(bytes);
        return false;
    }

    /// <summary>Takes so many bytes that replace others about to be given back.</summary>
    public void Take(int bytes) => Interlocked.Add(ref _used, bytes);

    public void GiveBack(int bytes) => Interlocked.Add(ref _used, -bytes);
}
