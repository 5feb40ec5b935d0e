namespace HoodyLogs.AspNetCore.Capture.Bodies;

/// <summary>Takes memory for one body from a share of the memory of all bodies.</summary>
/// <param name="Memory">The memory of all bodies.</param>
/// <param name="Share">The index of the share.</param>
/// <param name="Limit">The limit of all shares together, in bytes.</param>
internal readonly record struct BodyBudget(BodyMemory Memory, int Share, long Limit)
{
    public bool TryTake(long bytes) => Memory.TryTake(bytes, Share, Limit);

    /// <exception cref="BodyMemoryException">Not enough memory is left.</exception>
    public void Take(long bytes)
    {
        if (!TryTake(bytes)) throw new BodyMemoryException();
    }

    public void GiveBack(long bytes) => Memory.GiveBack(bytes, Share);
}

/// <summary>Thrown if not enough memory is left to redact a body. The body is not stored.</summary>
internal sealed class BodyMemoryException() : Exception("The memory for bodies is used up.");
