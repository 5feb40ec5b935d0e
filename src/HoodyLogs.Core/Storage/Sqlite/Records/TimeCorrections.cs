using HoodyLogs.Storage.Sqlite.Database;

namespace HoodyLogs.Storage.Sqlite.Records;

/// <summary>
/// The durable list of ids whose rows carry ingestion times of a wrong clock. Such a row counts as ingested just before the clock became right: one
/// microsecond apart for each id, so that times stay unique and grow with the ids. The rows themselves are not rewritten.
/// </summary>
internal sealed class TimeCorrections
{
    private TimeCorrection[] _newestFirst = [];

    /// <summary>Changes with every correction.</summary>
    public int Version { get; private set; }

    /// <summary>Reads the corrections of a file.</summary>
    public static TimeCorrections Load(SqliteDatabase database)
    {
        using var select = database.Prepare("SELECT from_id, to_id, to_us FROM time_corrections ORDER BY to_id DESC");
        var corrections = new List<TimeCorrection>();
        while (select.Step()) corrections.Add(new TimeCorrection(select.GetInt64(0), select.GetInt64(1), select.GetInt64(2)));
        return new TimeCorrections { _newestFirst = [.. corrections] };
    }

    /// <summary>The ingestion time of a row.</summary>
    /// <param name="id">The id of the row.</param>
    /// <param name="storedUs">The time that the row carries.</param>
    public long Correct(long id, long storedUs)
    {
        foreach (var correction in Volatile.Read(ref _newestFirst))
        {
            if (id >= correction.FromId && id <= correction.ToId) return correction.ToUs - (correction.ToId - id);
        }

        return storedUs;
    }

    /// <summary>Writes a correction, and removes those whose rows are gone. Runs within a transaction.</summary>
    public static void Write(SqliteDatabase database, TimeCorrection correction, long horizon)
    {
        using var insert = database.Prepare("INSERT OR REPLACE INTO time_corrections (from_id, to_id, to_us) VALUES (?1, ?2, ?3)");
        insert.Bind(1, correction.FromId).Bind(2, correction.ToId).Bind(3, correction.ToUs).Execute();
        using var delete = database.Prepare("DELETE FROM time_corrections WHERE to_id < ?1");
        delete.Bind(1, horizon).Execute();
    }

    /// <summary>Applies a correction that is durable.</summary>
    public void Add(TimeCorrection correction, long horizon)
    {
        Volatile.Write(
            ref _newestFirst,
            [correction, .. _newestFirst.Where(older => older.ToId >= horizon && older.ToId != correction.ToId)]);
        Version++;
    }
}

/// <summary>One correction.</summary>
/// <param name="FromId">The first id that is corrected.</param>
/// <param name="ToId">The last one.</param>
/// <param name="ToUs">The ingestion time of the last one, Unix microseconds.</param>
internal readonly record struct TimeCorrection(long FromId, long ToId, long ToUs);
