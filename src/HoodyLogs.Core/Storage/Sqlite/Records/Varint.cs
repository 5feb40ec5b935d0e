using System.Runtime.CompilerServices;
using System.Text;
using HoodyLogs.Storage.Sqlite.Diagnostics;

namespace HoodyLogs.Storage.Sqlite.Records;

/// <summary>Writes numbers and texts to a buffer. The buffer must be large enough for the maximum size of all values.</summary>
internal ref struct VarintWriter(Span<byte> into)
{
    /// <summary>The maximum size of a number in bytes.</summary>
    public const int MaxNumberSize = 10;

    private readonly Span<byte> _buffer = into;

    /// <summary>The number of written bytes.</summary>
    public int Length { get; private set; }

    /// <summary>Writes a number in LEB128: seven bits per byte, lowest first. The high bit is set if more bytes follow.</summary>
    public void WriteNumber(ulong value)
    {
        for (; value >= 0x80; value >>= 7) _buffer[Length++] = (byte)(value | 0x80);
        _buffer[Length++] = (byte)value;
    }

    /// <summary>Writes a signed number with zigzag encoding, so that numbers near 0 are short.</summary>
    public void WriteSigned(long value) => WriteNumber((ulong)((value << 1) ^ (value >> 63)));

    /// <summary>Writes bytes without their length.</summary>
    public void WriteRaw(scoped ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_buffer[Length..]);
        Length += bytes.Length;
    }

    /// <summary>Writes the length and the bytes.</summary>
    public void WriteBytes(scoped ReadOnlySpan<byte> bytes)
    {
        WriteNumber((ulong)bytes.Length);
        WriteRaw(bytes);
    }

    /// <summary>Writes the length of the UTF-8 and the UTF-8. Null is written as an empty text.</summary>
    /// <returns>The written UTF-8.</returns>
    public ReadOnlySpan<byte> WriteText(string? text)
    {
        var start = Length + 1;
        var count = Encoding.UTF8.GetBytes(text, _buffer[start..]);
        WriteNumber((ulong)count);

        // The length of a long text takes more than the one byte that was left for it. Encode the text again behind it.
        if (Length > start) Encoding.UTF8.GetBytes(text, _buffer[Length..]);
        Length += count;
        return _buffer[(Length - count)..Length];
    }
}

/// <summary>Reads the format of <see cref="VarintWriter"/>. Never reads beyond the end, whatever the bytes are.</summary>
/// <param name="bytes">The bytes to read.</param>
/// <param name="id">The id of the row that is reported as damaged if the bytes are invalid.</param>
internal ref struct VarintReader(ReadOnlySpan<byte> bytes, long id)
{
    /// <summary>The bytes that are not read yet.</summary>
    public ReadOnlySpan<byte> Remaining { get; private set; } = bytes;

    // Optimized from the first call, like its callers: opening a store reads tens of thousands of rows before tiered compilation would optimize it.
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

    /// <summary>Reads a number up to a maximum.</summary>
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
