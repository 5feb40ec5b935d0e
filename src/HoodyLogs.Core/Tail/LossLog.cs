namespace HoodyLogs.Tail;

/// <summary>
/// The newest losses of this process, for tails that come across them. One writer; readers take no lock. A loss is added before anything
/// behind it is published, so no reader passes it unaware.
/// </summary>
internal sealed class LossLog
{
    private const int Kept = 256;

    private volatile Loss[] _losses = [];

    /// <summary>The losses, in the order in which they became known.</summary>
    public IReadOnlyList<Loss> Losses => _losses;

    public void Add(Loss loss)
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
    public Loss? Next(long after, long upTo, bool fromMemory)
    {
        Loss? first = null;
        foreach (var loss in _losses)
        {
            if (loss.To <= after || loss.MetAt > upTo || (loss.IsNumbered && fromMemory)) continue;
            if (first is null || loss.MetAt < first.MetAt) first = loss;
        }

        return first?.Between(after, upTo);
    }

    private static bool Continues(Loss last, Loss next) =>
        last.IsNumbered && next.IsNumbered && last.To + 1 == next.From && last.Reason == next.Reason;
}
