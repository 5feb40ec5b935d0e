using HoodyLogs.Storage.Time;

namespace HoodyLogs.Storage.Sqlite.Ingestion;

/// <summary>Assigns ids and ingestion times in memory. Ids stay below a limit that was stored durably before.</summary>
internal sealed class IdSequence(long nextId, long reservedIdLimit, long ingestedUs, TrustedClock clock)
{
    /// <summary>The number of ids that a start of the process skips after the highest id that may have been assigned.</summary>
    public const long RestartGap = 10_000;

    private long _nowUs;

    /// <summary>The next id to assign.</summary>
    public long NextId { get; private set; } = nextId;

    /// <summary>The last id that this process has assigned. 0 if it has assigned none.</summary>
    public long LastAssignedId { get; private set; }

    /// <summary>The highest id that may be assigned.</summary>
    public long ReservedIdLimit { get; set; } = reservedIdLimit;

    /// <summary>The highest ingestion time that was assigned, in Unix microseconds.</summary>
    public long LastIngestedUs { get; private set; } = ingestedUs;

    /// <summary>Reads the clock. Records that are numbered before the next call get ingestion times one microsecond apart.</summary>
    public void ReadClock() => _nowUs = clock.NowUs;

    /// <summary>Replaces the highest ingestion time after earlier times were corrected.</summary>
    public void CorrectLastIngested(long ingestedUs) => LastIngestedUs = ingestedUs;

    /// <summary>Assigns an id and an ingestion time to a record.</summary>
    /// <returns>False if the reserved ids are used up.</returns>
    public bool TryAssign(LogRecord record, LogSeries series)
    {
        if (NextId + record.EntryCount - 1 > ReservedIdLimit) return false;
        LastIngestedUs = Math.Max(LastIngestedUs + 1, _nowUs); // the clock can step back
        record.AssignIds(NextId, LastIngestedUs, series);
        NextId += record.EntryCount;
        LastAssignedId = NextId - 1;
        return true;
    }
}
