namespace HoodyLogs.Tail.Gaps;

/// <summary>
/// The latest gaps of this process. One thread writes; readers take no lock. A gap is added before entries with greater ids are published, so no reader
/// passes it unnoticed.
/// </summary>
internal sealed class GapHistory
{
    private const int MaxGaps = 256;

    private volatile Gap[] _gaps = [];

    /// <summary>The gaps in the order in which they were detected.</summary>
    public IReadOnlyList<Gap> Gaps => _gaps;

    public void Add(Gap gap)
    {
        var gaps = _gaps;
        _gaps = gaps.Length > 0 && CanMerge(gaps[^1], gap)
            ? [.. gaps[..^1], gaps[^1] with { To = gap.To, Count = gaps[^1].Count + gap.Count }]
            : [.. gaps.TakeLast(MaxGaps - 1), gap];
    }

    /// <summary>Returns the first gap between two positions of a reader, or null.</summary>
    /// <param name="after">The current position of the reader.</param>
    /// <param name="upTo">The next position of the reader.</param>
    /// <param name="fromMemory">Whether the reader reads the ring, which also holds entries that the store does not have.</param>
    public Gap? Next(long after, long upTo, bool fromMemory)
    {
        Gap? first = null;
        foreach (var gap in _gaps)
        {
            if (gap.To <= after || gap.ReachedAt > upTo || (gap.HasIds && fromMemory)) continue;
            if (first is null || gap.ReachedAt < first.ReachedAt) first = gap;
        }

        return first?.Between(after, upTo);
    }

    private static bool CanMerge(Gap last, Gap next) =>
        last.HasIds && next.HasIds && last.To + 1 == next.From && last.Reason == next.Reason;
}

/// <summary>Entries that a tail cannot deliver.</summary>
/// <param name="From">The first lost id. If the lost entries have no ids: the id stored just before them.</param>
/// <param name="To">The last lost id. If the lost entries have no ids: the id stored just after them.</param>
/// <param name="Count">The number of lost entries, or null if unknown.</param>
/// <param name="Reason">One of <see cref="Diagnostics.DropReason"/>.</param>
/// <param name="HasIds">Whether the lost entries have ids. They were then in the ring, and only the store does not have them.</param>
internal sealed record Gap(long From, long To, long? Count, string Reason, bool HasIds)
{
    /// <summary>The id at which a reader reaches the gap.</summary>
    public long ReachedAt => HasIds ? From : To;

    /// <summary>Returns the part of the gap between two positions of a reader.</summary>
    public Gap Between(long after, long upTo)
    {
        if (!HasIds) return this;
        var (from, to) = (Math.Max(From, after + 1), Math.Min(To, upTo));
        return this with { From = from, To = to, Count = Count == To - From + 1 ? to - from + 1 : null };
    }
}
