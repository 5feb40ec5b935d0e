using System.Buffers;

namespace HoodyLogs.Storage.Bodies;

/// <summary>A body that was read, in pooled memory. Give it back by <see cref="Dispose"/>, once.</summary>
internal readonly struct PooledBody(byte[] rented, int length) : IDisposable
{
    public ReadOnlySpan<byte> Content => rented.AsSpan(0, length);

    public void Dispose()
    {
        if (rented is not null) ArrayPool<byte>.Shared.Return(rented);
    }
}
