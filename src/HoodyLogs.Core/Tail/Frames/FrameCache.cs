using HoodyLogs.Tail.Ring;

namespace HoodyLogs.Tail.Frames;

/// <summary>
/// The frames of one chunk's entries, each encoded once, when a tail first needs it; those bytes serve all tails. Frames that are encoded
/// one after another lie one behind the other, so that a tail copies a run of them at once.
/// </summary>
internal sealed class FrameCache(int size)
{
    private const int SegmentBytes = 32 * 1024;
    private const int LengthBits = 31;
    private const int OffsetBits = 16;

    // Segment (from 1), offset and length in one number, so that a reader sees all of it or nothing.
    private readonly long[] _ranges = new long[size];
    private byte[][] _segments = [];
    private int _used;

    /// <summary>Where a slot's frame is; of segment 0 where there is none yet.</summary>
    public FrameRange RangeOf(int slot)
    {
        var place = Volatile.Read(ref _ranges[slot]);
        return new FrameRange(
            (int)(place >> (LengthBits + OffsetBits)),
            (int)((place >> LengthBits) & ((1 << OffsetBits) - 1)),
            (int)(place & ((1L << LengthBits) - 1)));
    }

    /// <summary>The bytes of a run of frames that are there.</summary>
    public ReadOnlySpan<byte> BytesOf(FrameRange run) => run.Segment == 0 ? default : _segments[run.Segment - 1].AsSpan(run.Offset, run.Length);

    /// <summary>Keeps a frame. One thread at a time (<see cref="FrameEncoder"/>).</summary>
    public void Add(int slot, ReadOnlySpan<byte> frame)
    {
        if (_segments.Length == 0 || _used + frame.Length > _segments[^1].Length)
        {
            _segments = [.. _segments, new byte[Math.Max(SegmentBytes, frame.Length)]];
            _used = 0;
        }

        frame.CopyTo(_segments[^1].AsSpan(_used));
        var place = ((long)_segments.Length << (LengthBits + OffsetBits)) | ((long)_used << LengthBits) | (uint)frame.Length;
        _used += frame.Length;
        Volatile.Write(ref _ranges[slot], place);
    }
}

/// <summary>Frames that lie one behind the other in one segment of a cache.</summary>
internal readonly record struct FrameRange(int Segment, int Offset, int Length)
{
    public bool IsFollowedBy(FrameRange next) => next.Segment == Segment && next.Offset == Offset + Length;

    public FrameRange Extend(FrameRange next) => this with { Length = Length + next.Length };
}
