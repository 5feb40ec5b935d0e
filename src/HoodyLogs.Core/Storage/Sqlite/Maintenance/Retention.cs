using HoodyLogs.Storage.Bodies;
using HoodyLogs.Storage.Sqlite.Ingestion;
using HoodyLogs.Storage.Sqlite.Reading;
using HoodyLogs.Storage.Sqlite.Records;
using HoodyLogs.Storage.Sqlite.Segments;
using HoodyLogs.Storage.Sqlite.Series;
using HoodyLogs.Storage.Time;

namespace HoodyLogs.Storage.Sqlite.Maintenance;

/// <summary>
/// Raises the retention floor according to the limits on age, number and size. The floor is exact to one record. Raising it hides entries at once and
/// costs no row access. <see cref="Purger"/> removes the hidden rows later.
/// </summary>
internal sealed class Retention(WriterContext writer, RecordCursor cursor, Purger purger, Func<RetentionOptions> options, TrustedClock clock)
{
    private const int EntriesOfNewestRecord = 2;

    // The ingestion time of the oldest visible row, and the retention floor and version of the corrections for which it was read.
    private (long RetentionFloor, int Corrections, long IngestedUs) _oldest;

    // The retention floor when the size was last measured.
    private long _measuredFloor;

    /// <summary>Raises the retention floor according to the limits on age and number of entries.</summary>
    /// <returns>True if the floor was raised.</returns>
    public bool ApplyAgeAndCount()
    {
        var limits = options();
        return AdvanceTo(Math.Max(FloorByAge(limits.MaxAge), FloorByCount(limits.MaxEntries)));
    }

    /// <summary>
    /// Raises the retention floor according to the size limit, after everything that the previous call has hidden is removed. It hides a share of the entries
    /// that corresponds to the excess. The share is at most a tenth, because rows differ in size. The newest record is always kept.
    /// </summary>
    /// <returns>True if the floor was raised.</returns>
    public bool ApplySize()
    {
        var maxBytes = options().MaxBytes;
        if (!purger.IsPurgedBelow(_measuredFloor)) return false;
        _measuredFloor = writer.Snapshot.RetentionFloor;
        if (maxBytes == 0 || StoreSize.Measure(writer) is var size && size.Bytes <= maxBytes) return false;

        var excess = size.UsedBytes + size.WalBytes - (maxBytes - BodyFiles.MaxUnusedBytes(size.BodyBytes == 0 ? 0 : maxBytes));
        excess -= EstimateHiddenBytes(size);
        if (excess <= 0) return false;
        using var all = SelectAll();
        var entries = writer.Snapshot.CountEntries(all);
        var share = Math.Min(excess / (double)size.UsedBytes, 0.1);
        if (entries <= EntriesOfNewestRecord || !AdvanceTo(FloorAfterOldest(all, Math.Clamp((long)(entries * share), 1, entries - EntriesOfNewestRecord)))) return false;
        _measuredFloor = writer.Snapshot.RetentionFloor;
        return true;
    }

    // The approximate number of bytes in the database file that hidden rows still occupy.
    private long EstimateHiddenBytes(in StoreSize size)
    {
        var hidden = (double)purger.Backlog;
        var visible = Math.Max(1, writer.Snapshot.LastId - writer.Snapshot.RetentionFloor + 1);
        return (long)((size.Pages - size.FreePages) * size.PageBytes * (hidden / (hidden + visible)));
    }

    private bool AdvanceTo(long retentionFloor)
    {
        if (retentionFloor <= writer.Snapshot.RetentionFloor) return false;
        writer.AdvanceRetentionFloor(retentionFloor);
        return true;
    }

    private long FloorByAge(TimeSpan maxAge)
    {
        var snapshot = writer.Snapshot;
        if (snapshot.LastId < snapshot.RetentionFloor || !clock.IsTrusted) return 0;
        var fromUs = clock.NowUs - (maxAge.Ticks / TimeSpan.TicksPerMicrosecond);
        var corrections = writer.Corrections.Version;
        if (_oldest.RetentionFloor != snapshot.RetentionFloor || _oldest.Corrections != corrections)
        {
            if (!cursor.SeekReadable(snapshot.RetentionFloor)) return 0;
            _oldest = (snapshot.RetentionFloor, corrections, cursor.IngestedUs);
            cursor.Reset();
        }

        return _oldest.IngestedUs >= fromUs ? 0 : FloorBelow(IngestionTimeSearch.FindFirstId(cursor, snapshot, fromUs));
    }

    private long FloorByCount(long maxEntries)
    {
        // A range of ids never has more entries than ids.
        if (maxEntries == 0 || writer.Snapshot.LastId - writer.Snapshot.RetentionFloor < maxEntries) return 0;
        using var all = SelectAll();
        var excess = writer.Snapshot.CountEntries(all) - maxEntries;
        return excess <= 0 ? 0 : FloorAfterOldest(all, excess);
    }

    // The retention floor that hides at least this many of the oldest entries, by whole records.
    private long FloorAfterOldest(SeriesSelection all, long entries)
    {
        var snapshot = writer.Snapshot;
        foreach (var segment in snapshot.Sealed)
        {
            var isPartial = snapshot.PartialRows is not null && segment == snapshot.Sealed[0];
            var segmentEntries = isPartial ? long.MaxValue : segment.CountMatches(all).Entries;
            if (segmentEntries < entries) entries -= segmentEntries;
            else if (Within(writer.ReadRows(segment), ref entries) is { } retentionFloor) return retentionFloor;
        }

        return Within(snapshot.ActiveIndex, ref entries) ?? snapshot.LastId + 1;

        long? Within(RowIndex rows, ref long left)
        {
            for (var row = rows.RowAtOrAfter(snapshot.RetentionFloor); row < rows.Count; row++)
            {
                left -= all.EntriesPerRow(rows.SeriesAt(row));
                if (left <= 0) return rows.IdAt(row) + writer.Catalogue.EntriesPerRow(rows.SeriesAt(row));
            }

            return null;
        }
    }

    private SeriesSelection SelectAll() => writer.Snapshot.Select(LogScope.All, LogFilter.All);

    // The retention floor just above the last row before this id. A gap in the ids before it is then not reported as lost entries.
    private long FloorBelow(long firstKept)
    {
        var retentionFloor = !cursor.SeekBackward(firstKept - 1) ? 0 : cursor.IsReadable ? cursor.Id + writer.Catalogue.EntriesPerRow(cursor.Series) : firstKept;
        cursor.Reset();
        return retentionFloor;
    }
}
