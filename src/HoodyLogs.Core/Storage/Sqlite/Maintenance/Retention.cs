using HoodyLogs.Storage.Bodies;
using HoodyLogs.Storage.Sqlite.Ingestion;
using HoodyLogs.Storage.Sqlite.Reading;
using HoodyLogs.Storage.Sqlite.Records;
using HoodyLogs.Storage.Sqlite.Segments;
using HoodyLogs.Storage.Sqlite.Series;
using HoodyLogs.Storage.Time;

namespace HoodyLogs.Storage.Sqlite.Maintenance;

/// <summary>
/// Moves the horizon to where age, number of entries and bytes want it. It is exact, by whole records, and costs no row: what lies below is hidden at
/// once and removed afterwards (<see cref="Purger"/>).
/// </summary>
internal sealed class Retention(WriterContext writer, RecordCursor cursor, Purger removal, Func<RetentionOptions> options, TrustedClock clock)
{
    private const int EntriesOfNewestRecord = 2;

    // The ingestion time of the oldest visible row, and the horizon and the corrections for which it was read.
    private (long Horizon, int Corrections, long IngestedUs) _oldest;

    // The horizon when the size was last looked at.
    private long _measuredFloor;

    /// <summary>Moves the horizon to where age and number of entries want it.</summary>
    /// <returns>Whether it moved.</returns>
    public bool ApplyAgeAndCount()
    {
        var limits = options();
        return AdvanceTo(Math.Max(FloorByAge(limits.MaxAge), FloorByCount(limits.MaxEntries)));
    }

    /// <summary>
    /// Moves the horizon towards where the size of the file wants it, once all that the last look has hidden is removed. It drops the share of the entries that
    /// corresponds to the excess, a tenth at most at a time, since bodies make rows differ in size. The newest record stays, however large.
    /// </summary>
    /// <returns>Whether it moved.</returns>
    public bool ApplySize()
    {
        var maxBytes = options().MaxBytes;
        if (!removal.IsPurgedBelow(_measuredFloor)) return false;
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

    // About how much of the database file is still taken by rows that are hidden already.
    private long EstimateHiddenBytes(in StoreSize size)
    {
        var hidden = (double)removal.Backlog;
        var visible = Math.Max(1, writer.Snapshot.LastId - writer.Snapshot.RetentionFloor + 1);
        return (long)((size.Pages - size.FreePages) * size.PageBytes * (hidden / (hidden + visible)));
    }

    private bool AdvanceTo(long horizon)
    {
        if (horizon <= writer.Snapshot.RetentionFloor) return false;
        writer.AdvanceRetentionFloor(horizon);
        return true;
    }

    private long FloorByAge(TimeSpan maxAge)
    {
        var view = writer.Snapshot;
        if (view.LastId < view.RetentionFloor || !clock.IsTrusted) return 0;
        var fromUs = clock.NowUs - (maxAge.Ticks / TimeSpan.TicksPerMicrosecond);
        var corrections = writer.Corrections.Version;
        if (_oldest.Horizon != view.RetentionFloor || _oldest.Corrections != corrections)
        {
            if (!cursor.SeekReadable(view.RetentionFloor)) return 0;
            _oldest = (view.RetentionFloor, corrections, cursor.IngestedUs);
            cursor.Reset();
        }

        return _oldest.IngestedUs >= fromUs ? 0 : FloorBelow(IngestionTimeSearch.FindFirstId(cursor, view, fromUs));
    }

    private long FloorByCount(long maxEntries)
    {
        // There are never more entries than ids.
        if (maxEntries == 0 || writer.Snapshot.LastId - writer.Snapshot.RetentionFloor < maxEntries) return 0;
        using var all = SelectAll();
        var excess = writer.Snapshot.CountEntries(all) - maxEntries;
        return excess <= 0 ? 0 : FloorAfterOldest(all, excess);
    }

    // The horizon that hides the oldest so many entries, whole records at a time.
    private long FloorAfterOldest(SeriesSelection all, long entries)
    {
        var view = writer.Snapshot;
        foreach (var segment in view.Sealed)
        {
            var isPartial = view.PartialRows is not null && segment == view.Sealed[0];
            var share = isPartial ? long.MaxValue : segment.CountMatches(all).Entries;
            if (share < entries) entries -= share;
            else if (Within(writer.ReadRows(segment), ref entries) is { } horizon) return horizon;
        }

        return Within(view.ActiveIndex, ref entries) ?? view.LastId + 1;

        long? Within(RowIndex rows, ref long left)
        {
            for (var row = rows.RowAtOrAfter(view.RetentionFloor); row < rows.Count; row++)
            {
                left -= all.EntriesPerRow(rows.SeriesAt(row));
                if (left <= 0) return rows.IdAt(row) + writer.Catalogue.EntriesPerRow(rows.SeriesAt(row));
            }

            return null;
        }
    }

    private SeriesSelection SelectAll() => writer.Snapshot.Select(LogScope.All, LogFilter.None);

    // The horizon just above the last row before this one, so that a gap in the ids does not count as lost.
    private long FloorBelow(long firstKept)
    {
        var horizon = !cursor.SeekBackward(firstKept - 1) ? 0 : cursor.IsReadable ? cursor.Id + writer.Catalogue.EntriesPerRow(cursor.Series) : firstKept;
        cursor.Reset();
        return horizon;
    }
}
