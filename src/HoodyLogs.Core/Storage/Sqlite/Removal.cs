namespace HoodyLogs.Storage.Sqlite;

/// <summary>
/// Removes what lies below the horizon, bodies first, then rows, then the indexes of whole segments with the series that nothing names any more, and
/// gives free pages back to the file system: each a small step, so that the write lock is never held for long.
/// </summary>
internal sealed class Removal(StoreWriter writer, Func<RetentionOptions> options)
{
    // So much of a file may be free, to be used again, unless its size is limited: a sixteenth, and a mebibyte in any case.
    private const int FreeShare = 16;
    private const long FreeBytes = 1 << 20;

    private long _bodiesRemovedTo;
    private long _recordsRemovedTo;

    /// <summary>Removes some of what the horizon hides.</summary>
    /// <returns>Whether there was anything to do.</returns>
    public bool Step()
    {
        var horizon = writer.View.Horizon;
        var (rows, bytes) = (writer.Settings.StepRows, writer.Settings.StepBytes);
        if (_bodiesRemovedTo < horizon)
        {
            if (writer.Records.RemoveBodiesBelow(horizon, rows, bytes)) return true;
            _bodiesRemovedTo = horizon;
        }

        if (_recordsRemovedTo < horizon)
        {
            if (writer.Records.RemoveRecordsBelow(horizon, rows)) return true;
            _recordsRemovedTo = horizon;
        }

        if (writer.Dropped.Count == 0 || writer.HasUncommitted) return false;
        RemoveSegment();
        return true;
    }

    /// <summary>Gives some free pages back.</summary>
    /// <returns>Whether there was anything to do.</returns>
    public bool Shrink()
    {
        var size = StoreSize.Of(writer);
        var maxBytes = options().MaxBytes;
        var isTooBig = maxBytes > 0 && size.Bytes > maxBytes;
        var reserve = isTooBig ? 0 : Math.Max(size.Pages / FreeShare, FreeBytes / size.PageBytes);
        var excess = size.FreePages - reserve;
        if (excess > 0)
        {
            writer.Database.Execute($"PRAGMA incremental_vacuum({Math.Min(excess, writer.Settings.StepPages)})");
            return true;
        }

        // What is left too much is the log: written back and cut off, unless a reader still needs it.
        if (isTooBig && size.WalBytes > 0) writer.Database.Execute("PRAGMA wal_checkpoint(TRUNCATE)");
        return false;
    }

    private void RemoveSegment()
    {
        var segment = writer.Dropped.Peek();
        var forgotten = writer.Catalogue.WithoutMentionAfter(segment.Series);
        forgotten.RemoveAll(new HashSet<int>(writer.View.ActiveIndex.Series.ToArray()).Contains);
        writer.Database.Transact(() =>
        {
            SegmentIndex.Delete(writer.Segments, segment.Number);
            writer.Segments.Delete(segment.Number);
            foreach (var number in forgotten) writer.Series.Delete(number);
        });
        writer.Dropped.Dequeue();
        writer.Catalogue.Unmention(segment.Series);
        writer.Catalogue.Forget(forgotten);
        writer.View = writer.View with { Series = writer.Catalogue.ByNumber };
    }
}
