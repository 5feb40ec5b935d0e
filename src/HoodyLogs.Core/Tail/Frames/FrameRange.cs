namespace HoodyLogs.Tail.Frames;

/// <summary>Frames that lie one behind the other in one segment of a cache.</summary>
internal readonly record struct FrameRange(int Segment, int Offset, int Length)
{
    public bool IsFollowedBy(FrameRange next) => next.Segment == Segment && next.Offset == Offset + Length;

    public FrameRange Extend(FrameRange next) => this with { Length = Length + next.Length };
}
