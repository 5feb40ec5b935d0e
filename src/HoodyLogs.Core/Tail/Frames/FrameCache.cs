namespace HoodyLogs.Tail.Frames;

/// <summary>
/// The encoded frames of one chunk's entries. Each frame is encoded once, when the first tail needs it, and all tails share its bytes. Consecutive
/// frames are adjacent in memory, so that a tail can copy a run of them at once.
/// </summary>
internal sealed class FrameCache(int size)
{
    private const int SegmentBytes = 32 * 1024;
    private const int LengthBits = 31;
    private const int OffsetBits = 16;

    // Segment (from 1), offset and length in one number, so that readers never see a partial update.
    private readonly long[] _ranges = new long[size];
    private byte[][] _segments = [];
    private int _used;

    /// <summary>Returns the location of a slot's frame. Segment 0 means that it is not encoded yet.</summary>
    public FrameRange RangeOf(int slot)
    {
        var range = Volatile.Read(ref _ranges[slot]);
        return new FrameRange(
            (int)(range >> (LengthBits + OffsetBits)),
            (int)((range >> LengthBits) & ((1 << OffsetBits) - 1)),
            (int)(range & ((1L << LengthBits) - 1)));
    }

    /// <summary>Returns the bytes of a range of frames.</summary>
    public ReadOnlySpan<byte> BytesOf(FrameRange run) => run.Segment == 0 ? default : _segments[run.Segment - 1].AsSpan(run.Offset, run.Length);

    /// <summary>Adds a frame. Only one thread at a time can call it.</summary>
    public void Add(int slot, ReadOnlySpan<byte> frame)
    {
        if (_segments.Length == 0 || _used + frame.Length > _segments[^1].Length)
        {
            _segments = [.. _segments, new byte[Math.Max(SegmentBytes, frame.Length)]];
            _used = 0;
        }

        frame.CopyTo(_segments[^1].AsSpan(_used));
        var range = ((long)_segments.Length << (LengthBits + OffsetBits)) | ((long)_used << LengthBits) | (uint)frame.Length;
        _used += frame.Length;
        Volatile.Write(ref _ranges[slot], range);
    }
}

/// <summary>Adjacent frames in one segment of a cache.</summary>
internal readonly record struct FrameRange(int Segment, int Offset, int Length)
{
    public bool IsFollowedBy(FrameRange next) => next.Segment == Segment && next.Offset == Offset + Length;

    public FrameRange Extend(FrameRange next) => this with { Length = Length + next.Length };
}
