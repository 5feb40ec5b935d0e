namespace HoodyLogs.Tail.Ring;

/// <summary>What the ring held at one moment. Immutable: a reader that has one sees one consistent run of entries, whatever is published meanwhile.</summary>
/// <param name="Chunks">Oldest first; there is always one.</param>
/// <param name="LastCount">How many entries of the last chunk belong to the view.</param>
/// <param name="StartPosition">The id just before the oldest entry: the ring serves readers at this position and behind it.</param>
/// <param name="Position">The id of the newest entry published.</param>
internal sealed record RingSnapshot(RingChunk[] Chunks, int LastCount, long StartPosition, long Position)
{
    public int CountOf(int chunk) => chunk == Chunks.Length - 1 ? LastCount : Chunks[chunk].Count;

    /// <summary>The chunk and slot of the first entry with a greater id.</summary>
    /// <param name="id">At least <see cref="StartPosition"/>, less than <see cref="Position"/>.</param>
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
