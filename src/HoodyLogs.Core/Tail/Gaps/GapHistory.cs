namespace HoodyLogs.Tail.Gaps;

/// <summary>
/// The newest losses of this process, for tails that come across them. One writer; readers take no lock. A loss is added before anything
/// behind it is published, so no reader passes it unaware.
/// </summary>
internal sealed class GapHistory
{
    private const int MaxGaps = 256;

    private volatile Gap[] _gaps = [];

    /// <summary>The losses, in the order in which they became known.</summary>
    public IReadOnlyList<Gap> Gaps => _gaps;

    public void Add(Gap loss)
    {
        var losses = _gaps;
        _gaps = losses.Length > 0 && CanMerge(losses[^1], loss)
            ? [.. losses[..^1], losses[^1] with { To = loss.To, Count = losses[^1].Count + loss.Count }]
            : [.. losses.TakeLast(MaxGaps - 1), loss];
    }

    /// <summary>The first loss that a reader comes across on its way from one position to another.</summary>
    /// <param name="after">Where the reader is.</param>
    /// <param name="upTo">Where it is going.</param>
    /// <param name="fromMemory">Whether it reads the ring, which holds even what the store lacks.</param>
    public Gap? Next(long after, long upTo, bool fromMemory)
    {
        Gap? first = null;
        foreach (var loss in _gaps)
        {
            if (loss.To <= after || loss.ReachedAt > upTo || (loss.HasIds && fromMemory)) continue;
            if (first is null || loss.ReachedAt < first.ReachedAt) first = loss;
        }

        return first?.Between(after, upTo);
    }

    private static bool CanMerge(Gap last, Gap next) =>
        last.HasIds && next.HasIds && last.To + 1 == next.From && last.Reason == next.Reason;
}

/// <summary>Entries that a reader of the sequence cannot get (decision T7).</summary>
/// <param name="From">The first lost id; where none was numbered, the id stored just before the loss.</param>
/// <param name="To">The last lost id; where none was numbered, the id stored just after the loss.</param>
/// <param name="Count">How many entries were lost; null where unknown.</param>
/// <param name="Reason">A word of <see cref="Diagnostics.DropReason"/>.</param>
/// <param name="HasIds">Whether the lost entries have ids: then they were shown to tails from memory, and only the store lacks them.</param>
internal sealed record Gap(long From, long To, long? Count, string Reason, bool HasIds)
{
    /// <summary>The id at which a reader meets it.</summary>
    public long ReachedAt => HasIds ? From : To;

    /// <summary>The part of it between two positions of a reader.</summary>
    public Gap Between(long after, long upTo)
    {
        if (!HasIds) return this;
        var (from, to) = (Math.Max(From, after + 1), Math.Min(To, upTo));
        return this with { From = from, To = to, Count = Count == To - From + 1 ? to - from + 1 : null };
    }
}
