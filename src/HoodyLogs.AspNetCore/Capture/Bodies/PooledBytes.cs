using System.Buffers;

namespace HoodyLogs.AspNetCore.Capture.Bodies;

/// <summary>Bytes in pooled memory that grows as they come and counts against the budget. Give it back by <see cref="Dispose"/>, once.</summary>
internal sealed class PooledBytes(BodyMemory memory) : IBufferWriter<byte>, IDisposable
{
    private const int FirstSize = 1024;

    private byte[] _bytes = [];

    public int Length { get; private set; }

    public ReadOnlyMemory<byte> Memory => _bytes.AsMemory(0, Length);

    public ReadOnlySpan<byte> Span => _bytes.AsSpan(0, Length);

    /// <summary>Appends as much as cap and budget allow.</summary>
    /// <returns>Whether that was everything.</returns>
    public bool TryAppend(ReadOnlySpan<byte> bytes, int cap, long budget)
    {
        var taken = bytes[..Math.Min(bytes.Length, cap - Length)];
        if (!TryGrow(Length + taken.Length, cap, budget)) taken = taken[..(_bytes.Length - Length)];
        taken.CopyTo(_bytes.AsSpan(Length));
        Length += taken.Length;
        return taken.Length == bytes.Length;
    }

    /// <summary>Drops what stands behind.</summary>
    public void Truncate(int length) => Length = length;

    void IBufferWriter<byte>.Advance(int count) => Length += count;

    Memory<byte> IBufferWriter<byte>.GetMemory(int sizeHint)
    {
        Grow(Length + Math.Max(1, sizeHint));
        return _bytes.AsMemory(Length);
    }

    Span<byte> IBufferWriter<byte>.GetSpan(int sizeHint)
    {
        Grow(Length + Math.Max(1, sizeHint));
        return _bytes.AsSpan(Length);
    }

    public void Dispose()
    {
        var bytes = _bytes;
        (_bytes, Length) = ([], 0);
        memory.GiveBack(bytes.Length);
        if (bytes.Length > 0) memory.Return(bytes);
    }

    private bool TryGrow(int needed, int cap, long budget)
    {
        if (needed <= _bytes.Length) return true;
        var grown = memory.Rent(Math.Min(cap, Math.Max(needed, Math.Max(FirstSize, 2 * _bytes.Length))));
        if (!memory.TryTake(grown.Length, budget))
        {
            memory.Return(grown);
            return false;
        }

        MoveTo(grown);
        return true;
    }

    private void Grow(int needed)
    {
        if (needed <= _bytes.Length) return;
        var grown = memory.Rent(Math.Max(needed, Math.Max(FirstSize, 2 * _bytes.Length)));
        memory.Take(grown.Length);
        MoveTo(grown);
    }

    private void MoveTo(byte[] grown)
    {
        Span.CopyTo(grown);
        memory.GiveBack(_bytes.Length);
        if (_bytes.Length > 0) memory.Return(_bytes);
        _bytes = grown;
    }
}
