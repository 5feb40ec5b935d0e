namespace HoodyLogs.AspNetCore.Capture.Bodies;

/// <summary>Counts the memory of one body against its limit.</summary>
/// <param name="Memory">The memory of all bodies.</param>
/// <param name="Share">The share that it is taken from.</param>
/// <param name="Limit">The limit for all shares together.</param>
internal readonly record struct BodyBudget(BodyMemory Memory, int Share, long Limit)
{
    public bool TryTake(long bytes) => Memory.TryTake(bytes, Share, Limit);

    /// <exception cref="BodyMemoryException">There is not enough left.</exception>
    public void Take(long bytes)
    {
        if (!TryTake(bytes)) throw new BodyMemoryException();
    }

    public void GiveBack(long bytes) => Memory.GiveBack(bytes, Share);
}

/// <summary>There is not enough memory left for redaction: the body is not stored.</summary>
internal sealed class BodyMemoryException() : Exception("The memory for bodies is used up.");
