namespace HoodyLogs.Tail;

/// <summary>Frames that lie one behind the other in one segment of a cache.</summary>
internal readonly record struct FrameRun(int Segment, int Offset, int Length)
{
    public bool IsFollowedBy(FrameRun next) => next.Segment == Segment && next.Offset == Offset + Length;

    public FrameRun With(FrameRun next) => this with { Length = Length + next.Length };
}
