using HoodyLogs.Tail.Gaps;
using HoodyLogs.Tail.Ring;


namespace HoodyLogs.Tail;

/// <summary>Receives the entries of a tail in order. It writes to memory and never waits for a client.</summary>
internal interface ITailSink
{
    /// <summary>Whether the sink is full.</summary>
    bool IsFull { get; }

    /// <summary>Writes a run of ring entries, without deleted ones.</summary>
    /// <returns>The slot after the last one written: the first slot without room, or <paramref name="to"/>.</returns>
    int WriteRun(RingChunk chunk, int from, int to);

    /// <summary>Writes an entry of the store.</summary>
    void WriteStored(in LogEntryView entry);

    /// <summary>Writes a gap. Afterwards the reader is at the given position.</summary>
    void WriteGap(Gap gap, long position);
}
