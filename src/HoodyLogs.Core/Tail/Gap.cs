namespace HoodyLogs.Tail;

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
