namespace HoodyLogs.Storage.Sqlite;

/// <summary>
/// Moves the horizon to where age, number of entries and bytes want it. It is exact, by whole records, and costs no row: what lies below is hidden at
/// once and removed afterwards (<see cref="Removal"/>).
/// </summary>
internal sealed class Retention(StoreWriter writer, RecordCursor cursor, Func<RetentionOptions> options, TimeProvider time)
{
    // The ingestion time of the oldest visible row, and the horizon for which it was read.
    private (long Horizon, long IngestedUs) _oldest;

    /// <summary>Moves the horizon where it must move.</summary>
    /// <param name="canShrink">Whether nothing waits to be removed, so that the size of the file tells what is needed.</param>
    /// <returns>Whether it moved.</returns>
    public bool Step(bool canShrink)
    {
        var limits = options();
        var horizon = Math.Max(ByAge(limits.MaxAge), ByEntries(limits.MaxEntries));
        if (canShrink && horizon <= writer.View.Horizon) horizon = ByBytes(limits.MaxBytes);
        if (horizon <= writer.View.Horizon) return false;
        writer.MoveHorizon(horizon);
        return true;
    }

    private long ByAge(TimeSpan maxAge)
    {
        var view = writer.View;
        var fromUs = (time.GetUtcNow() - maxAge - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
        if (view.LastId < view.Horizon) return 0;
        if (_oldest.Horizon != view.Horizon)
        {
            var found = cursor.SeekForward(view.Horizon);
            _oldest = (view.Horizon, found ? cursor.IngestedUs : long.MaxValue);
            cursor.Stop();
        }

        return _oldest.IngestedUs >= fromUs ? 0 : Below(IngestionTime.FirstIdFrom(cursor, view, fromUs));
    }

    private long ByEntries(long maxEntries)
    {
        if (maxEntries == 0) return 0;
        var view = writer.View;
        using var all = SeriesSelection.Of(view, Tenancy.LogScope.All, Queries.LogFilter.None);
        var excess = view.Count(all) - maxEntries;
        return excess <= 0 ? 0 : AfterOldest(view, all, excess);
    }

    // Drops a share of the rows that corresponds to the excess, in bytes; a little at a time, since bodies make rows differ in size.
    private long ByBytes(long maxBytes)
    {
        if (maxBytes == 0) return 0;
        var file = StoreSize.Of(writer);
        if (file.UsedBytes + file.WalBytes <= maxBytes) return 0;
        var view = writer.View;
        using var all = SeriesSelection.Of(view, Tenancy.LogScope.All, Queries.LogFilter.None);
        var entries = view.Count(all);
        var share = Math.Clamp((file.UsedBytes + file.WalBytes - maxBytes) / (double)file.UsedBytes, 0, 0.1);
        return entries == 0 ? 0 : AfterOldest(view, all, Math.Max(1, (long)(entries * share)));
    }

    // The horizon that hides the oldest so many entries, whole records at a time.
    private long AfterOldest(StoreView view, SeriesSelection all, long entries)
    {
        foreach (var segment in view.Sealed)
        {
            var isPartial = view.PartialRows is not null && segment == view.Sealed[0];
            var share = isPartial ? long.MaxValue : segment.Share(all).Entries;
            if (share < entries) entries -= share;
            else if (Within(writer.RowsOf(segment), ref entries) is { } horizon) return horizon;
        }

        return Within(view.ActiveIndex, ref entries) ?? view.LastId + 1;

        long? Within(RowIndex rows, ref long left)
        {
            for (var row = rows.RowAtOrAfter(view.Horizon); row < rows.Count; row++)
            {
                left -= all.WeightOf(rows.SeriesAt(row));
                if (left <= 0) return rows.IdAt(row) + writer.Catalogue.EntriesPerRow(rows.SeriesAt(row));
            }

            return null;
        }
    }

    // The horizon just above the last row before this one, so that a gap in the ids does not count as lost.
    private long Below(long firstKept)
    {
        var horizon = cursor.SeekBackward(firstKept - 1) ? cursor.Id + writer.Catalogue.EntriesPerRow(cursor.Series) : 0;
        cursor.Stop();
        return horizon;
    }
}
