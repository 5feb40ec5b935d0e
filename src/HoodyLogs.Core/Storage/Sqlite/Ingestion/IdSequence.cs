using HoodyLogs.Storage.Time;

namespace HoodyLogs.Storage.Sqlite.Ingestion;

/// <summary>Gives out ids and times of ingestion, in memory, below a ceiling that was made durable beforehand (decisions E3, U3).</summary>
internal sealed class IdSequence(long nextId, long ceiling, long ingestedUs, TrustedClock clock)
{
    /// <summary>What a new start of the process keeps clear of all ids given out before.</summary>
    public const long RestartGap = 10_000;

    private long _nowUs;

    /// <summary>The next id to be given out.</summary>
    public long NextId { get; private set; } = nextId;

    /// <summary>The last id given out by this sequence; 0 where there is none yet.</summary>
    public long LastAssignedId { get; private set; }

    /// <summary>The greatest id that may be given out.</summary>
    public long ReservedIdLimit { get; set; } = ceiling;

    /// <summary>The greatest time of ingestion given out.</summary>
    public long LastIngestedUs { get; private set; } = ingestedUs;

    /// <summary>Looks at the clock; the records numbered until the next look are a microsecond apart.</summary>
    public void ReadClock() => _nowUs = clock.NowUs;

    /// <summary>Sets the greatest time of ingestion after the times given out so far were corrected.</summary>
    public void CorrectLastIngested(long ingestedUs) => LastIngestedUs = ingestedUs;

    /// <summary>Numbers a record.</summary>
    /// <returns>Whether the ceiling allowed it.</returns>
    public bool TryAssign(LogRecord record, LogSeries series)
    {
        if (NextId + record.EntryCount - 1 > ReservedIdLimit) return false;
        LastIngestedUs = Math.Max(LastIngestedUs + 1, _nowUs); // a clock that stepped back is passed over
        record.AssignIds(NextId, LastIngestedUs, series);
        NextId += record.EntryCount;
        LastAssignedId = NextId - 1;
        return true;
    }
}
