namespace HoodyLogs.Tail;

/// <summary>
/// The newest losses of this process, for tails that come across them. One writer; readers take no lock. A loss is added before anything
/// behind it is published, so no reader passes it unaware.
/// </summary>
internal sealed class GapHistory
{
    private const int Kept = 256;

    private volatile Gap[] _losses = [];

    /// <summary>The losses, in the order in which they became known.</summary>
    public IReadOnlyList<Gap> Losses => _losses;

    public void Add(Gap loss)
    {
        var losses = _losses;
        _losses = losses.Length > 0 && Continues(losses[^1], loss)
            ? [.. losses[..^1], losses[^1] with { To = loss.To, Count = losses[^1].Count + loss.Count }]
            : [.. losses.TakeLast(Kept - 1), loss];
    }

    /// <summary>The first loss that a reader comes across on its way from one position to another.</summary>
    /// <param name="after">Where the reader is.</param>
    /// <param name="upTo">Where it is going.</param>
    /// <param name="fromMemory">Whether it reads the ring, which holds even what the store lacks.</param>
    public Gap? Next(long after, long upTo, bool fromMemory)
    {
        Gap? first = null;
        foreach (var loss in _losses)
        {
            if (loss.To <= after || loss.MetAt > upTo || (loss.IsNumbered && fromMemory)) continue;
            if (first is null || loss.MetAt < first.MetAt) first = loss;
        }

        return first?.Between(after, upTo);
    }

    private static bool Continues(Gap last, Gap next) =>
        last.IsNumbered && next.IsNumbered && last.To + 1 == next.From && last.Reason == next.Reason;
}
