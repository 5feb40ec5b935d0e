using HoodyLogs.Storage.Sqlite.Database;

namespace HoodyLogs.Storage.Sqlite.Records;

/// <summary>
/// The durable list of id ranges whose rows have wrong ingestion times. A corrected row counts as ingested just before the clock became right again.
/// Corrected times are one microsecond apart for each id, so that they stay unique and increase with the ids. The rows are not rewritten.
/// </summary>
internal sealed class TimeCorrections
{
    private TimeCorrection[] _newestFirst = [];

    /// <summary>Changes with each correction.</summary>
    public int Version { get; private set; }

    /// <summary>Reads the corrections from the database.</summary>
    public static TimeCorrections Load(SqliteDatabase database)
    {
        using var select = database.Prepare("SELECT from_id, to_id, to_us FROM time_corrections ORDER BY to_id DESC");
        var corrections = new List<TimeCorrection>();
        while (select.Step()) corrections.Add(new TimeCorrection(select.GetInt64(0), select.GetInt64(1), select.GetInt64(2)));
        return new TimeCorrections { _newestFirst = [.. corrections] };
    }

    /// <summary>Returns the corrected ingestion time of a row.</summary>
    /// <param name="id">The id of the row.</param>
    /// <param name="storedUs">The ingestion time in the row, in Unix microseconds.</param>
    public long Correct(long id, long storedUs)
    {
        foreach (var correction in Volatile.Read(ref _newestFirst))
        {
            if (id >= correction.FromId && id <= correction.ToId) return correction.ToUs - (correction.ToId - id);
        }

        return storedUs;
    }

    /// <summary>Writes a correction and deletes corrections below the retention floor. Call it in a transaction.</summary>
    public static void Write(SqliteDatabase database, TimeCorrection correction, long retentionFloor)
    {
        using var insert = database.Prepare("INSERT OR REPLACE INTO time_corrections (from_id, to_id, to_us) VALUES (?1, ?2, ?3)");
        insert.Bind(1, correction.FromId).Bind(2, correction.ToId).Bind(3, correction.ToUs).Execute();
        using var delete = database.Prepare("DELETE FROM time_corrections WHERE to_id < ?1");
        delete.Bind(1, retentionFloor).Execute();
    }

    /// <summary>Applies a correction after it was committed.</summary>
    public void Add(TimeCorrection correction, long retentionFloor)
    {
        Volatile.Write(
            ref _newestFirst,
            [correction, .. _newestFirst.Where(older => older.ToId >= retentionFloor && older.ToId != correction.ToId)]);
        Version++;
    }
}

/// <summary>A range of corrected ids.</summary>
/// <param name="FromId">The first corrected id.</param>
/// <param name="ToId">The last corrected id.</param>
/// <param name="ToUs">The ingestion time of the last id, in Unix microseconds.</param>
internal readonly record struct TimeCorrection(long FromId, long ToId, long ToUs);
