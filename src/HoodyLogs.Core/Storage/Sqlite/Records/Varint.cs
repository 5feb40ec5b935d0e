using System.Runtime.CompilerServices;
using System.Text;
using HoodyLogs.Storage.Sqlite.Diagnostics;

namespace HoodyLogs.Storage.Sqlite.Records;

/// <summary>Writes numbers and texts one after the other into a buffer that is long enough for the largest that they may be.</summary>
internal ref struct VarintWriter(Span<byte> into)
{
    /// <summary>The most that a number takes.</summary>
    public const int MaxNumberSize = 10;

    private readonly Span<byte> _buffer = into;

    /// <summary>How many bytes were written.</summary>
    public int Length { get; private set; }

    /// <summary>A number from 0 on, in LEB128: seven bits a byte, the lowest first, and the high bit where more follow.</summary>
    public void WriteNumber(ulong value)
    {
        for (; value >= 0x80; value >>= 7) _buffer[Length++] = (byte)(value | 0x80);
        _buffer[Length++] = (byte)value;
    }

    /// <summary>A number that may be negative: zigzag, so that small ones are short on either side of 0.</summary>
    public void WriteSigned(long value) => WriteNumber((ulong)((value << 1) ^ (value >> 63)));

    /// <summary>Bytes whose number the reader knows.</summary>
    public void WriteRaw(scoped ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_buffer[Length..]);
        Length += bytes.Length;
    }

    /// <summary>Bytes behind their number.</summary>
    public void WriteBytes(scoped ReadOnlySpan<byte> bytes)
    {
        WriteNumber((ulong)bytes.Length);
        WriteRaw(bytes);
    }

    /// <summary>UTF-8 behind its number of bytes; no text is as good as none.</summary>
    /// <returns>The UTF-8.</returns>
    public ReadOnlySpan<byte> WriteText(string? text)
    {
        var start = Length + 1;
        var count = Encoding.UTF8.GetBytes(text, _buffer[start..]);
        WriteNumber((ulong)count);

        // The number of a long text takes more than the byte that was left for it.
        if (Length > start) Encoding.UTF8.GetBytes(text, _buffer[Length..]);
        Length += count;
        return _buffer[(Length - count)..Length];
    }
}

/// <summary>Reads what <see cref="VarintWriter"/> has written, and never passes its end, whatever the bytes are.</summary>
/// <param name="bytes">What was written.</param>
/// <param name="id">The row that is told as damaged where they are none of ours.</param>
internal ref struct VarintReader(ReadOnlySpan<byte> bytes, long id)
{
    /// <summary>What is still to be read.</summary>
    public ReadOnlySpan<byte> Remaining { get; private set; } = bytes;

    // Optimized at once, as its callers are: opening a store reads tens of thousands of rows before the runtime would see to it.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public ulong ReadNumber()
    {
        var rest = Remaining;
        var value = 0UL;
        for (var (at, shift) = (0, 0); at < rest.Length && at < VarintWriter.MaxNumberSize; at++, shift += 7)
        {
            value |= (ulong)(rest[at] & 0x7F) << shift;
            if (rest[at] >= 0x80) continue;
            Remaining = rest[(at + 1)..];
            return value;
        }

        throw Damage();
    }

    /// <summary>A number that is not above a limit.</summary>
    public long ReadNumber(long max)
    {
        var value = ReadNumber();
        return value <= (ulong)max ? (long)value : throw Damage();
    }

    public long ReadSigned()
    {
        var value = ReadNumber();
        return (long)(value >> 1) ^ -(long)(value & 1);
    }

    public ReadOnlySpan<byte> ReadRaw(long length)
    {
        if (length > Remaining.Length) throw Damage();
        var read = Remaining[..(int)length];
        Remaining = Remaining[(int)length..];
        return read;
    }

    public ReadOnlySpan<byte> ReadBytes() => ReadRaw(ReadNumber(int.MaxValue));

    public readonly LogStoreException Damage() => StoreDamage.InRow(id, "cannot be read");
}
