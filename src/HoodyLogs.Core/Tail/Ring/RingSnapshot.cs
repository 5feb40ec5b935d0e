namespace HoodyLogs.Tail.Ring;

/// <summary>The content of the ring at one moment. Immutable, so a reader sees a consistent run of entries while others are published.</summary>
/// <param name="Chunks">The chunks, oldest first. There is at least one.</param>
/// <param name="LastCount">The number of entries of the last chunk that belong to the snapshot.</param>
/// <param name="StartPosition">The id just before the oldest entry. The ring serves readers at or after this position.</param>
/// <param name="Position">The id of the newest entry.</param>
internal sealed record RingSnapshot(RingChunk[] Chunks, int LastCount, long StartPosition, long Position)
{
    public int CountOf(int chunk) => chunk == Chunks.Length - 1 ? LastCount : Chunks[chunk].Count;

    /// <summary>Returns the chunk and slot of the first entry with a greater id.</summary>
    /// <param name="id">An id from <see cref="StartPosition"/>, less than <see cref="Position"/>.</param>
    public (int Chunk, int Slot) After(long id)
    {
        var (low, high) = (0, Chunks.Length - 1);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (Chunks[middle].IdAt(CountOf(middle) - 1) > id) high = middle;
            else low = middle + 1;
        }

        return (low, Chunks[low].SlotAfter(id, CountOf(low)));
    }
}
