using HoodyLogs.Tail.Gaps;
using HoodyLogs.Tail.Ring;


namespace HoodyLogs.Tail;

/// <summary>Takes what a tail reads, in order. Writes to memory, never to a client.</summary>
internal interface ITailSink
{
    /// <summary>Whether it has taken enough for now.</summary>
    bool IsFull { get; }

    /// <summary>Takes a run of the ring's entries, destroyed ones left out.</summary>
    /// <returns>The slot up to which it took them: the first that it had no more room for, else <paramref name="to"/>.</returns>
    int WriteRun(RingChunk chunk, int from, int to);

    /// <summary>Takes an entry of the store.</summary>
    void WriteStored(in LogEntryView entry);

    /// <summary>Takes a gap, which leaves the reader at the given position.</summary>
    void WriteGap(Gap loss, long position);
}
