using System.Buffers;

namespace HoodyLogs.AspNetCore.Capture.Bodies;

/// <summary>A growing buffer in pooled memory, which counts against a budget. <see cref="Dispose"/> returns the memory and must be called once.</summary>
internal sealed class PooledBytes(BodyBudget budget) : IBufferWriter<byte>, IDisposable
{
    private const int FirstSize = 1024;

    private byte[] _bytes = [];

    public BodyBudget Budget => budget;

    public int Length { get; private set; }

    /// <summary>Whether the budget refused more memory.</summary>
    public bool IsRefused { get; private set; }

    public ReadOnlyMemory<byte> Memory => _bytes.AsMemory(0, Length);

    public ReadOnlySpan<byte> Span => _bytes.AsSpan(0, Length);

    /// <summary>Appends as many bytes as the cap and the budget allow.</summary>
    /// <returns>Whether all bytes were appended.</returns>
    public bool TryAppend(ReadOnlySpan<byte> bytes, int cap)
    {
        var taken = bytes[..Math.Min(bytes.Length, cap - Length)];
        if (!TryGrow(Length + taken.Length, cap)) taken = taken[..(_bytes.Length - Length)];
        taken.CopyTo(_bytes.AsSpan(Length));
        Length += taken.Length;
        return taken.Length == bytes.Length;
    }

    /// <summary>Removes the bytes after a length.</summary>
    public void Truncate(int length) => Length = length;

    public void Advance(int count) => Length += count;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Grow(Length + Math.Max(1, sizeHint));
        return _bytes.AsMemory(Length);
    }

    /// <exception cref="BodyMemoryException">The budget is used up.</exception>
    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Grow(Length + Math.Max(1, sizeHint));
        return _bytes.AsSpan(Length);
    }

    public void Dispose()
    {
        var bytes = _bytes;
        (_bytes, Length) = ([], 0);
        budget.GiveBack(bytes.Length);
        if (bytes.Length > 0) budget.Memory.Return(bytes);
    }

    private bool TryGrow(int needed, int cap)
    {
        if (needed <= _bytes.Length) return true;
        var grown = budget.Memory.Rent(Math.Min(cap, Math.Max(needed, Math.Max(FirstSize, 2 * _bytes.Length))));
        IsRefused = !budget.TryTake(grown.Length);
        if (IsRefused) budget.Memory.Return(grown);
        else MoveTo(grown);
        return !IsRefused;
    }

    private void Grow(int needed)
    {
        if (!TryGrow(needed, int.MaxValue)) throw new BodyMemoryException();
    }

    private void MoveTo(byte[] grown)
    {
        Span.CopyTo(grown);
        budget.GiveBack(_bytes.Length);
        if (_bytes.Length > 0) budget.Memory.Return(_bytes);
        _bytes = grown;
    }
}
