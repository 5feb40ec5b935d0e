namespace HoodyLogs.Storage.Sqlite;

/// <summary>
/// Removes what lies below the horizon: bodies, rows, and the indexes of whole segments with the series that nothing names any more. A step is small, so
/// that the write lock is never held for long, but always greater than what was appended since the last one, so that removing keeps up with any load.
/// </summary>
internal sealed class Removal(StoreWriter writer)
{
    private long _bodiesRemovedTo;
    private long _recordsRemovedTo;

    /// <summary>Whether nothing that the horizon hides is left.</summary>
    public bool IsDone => _bodiesRemovedTo == writer.View.Horizon && _recordsRemovedTo == writer.View.Horizon && writer.Dropped.Count == 0;

    /// <summary>Removes some of what the horizon hides.</summary>
    /// <returns>Whether there was anything to do.</returns>
    public bool Step()
    {
        var appended = writer.TakeAppended();
        if (IsDone) return false;
        var horizon = writer.View.Horizon;
        if (_bodiesRemovedTo < horizon && !writer.Bodies.RemoveOldest(horizon, writer.View.LastId + 1)) _bodiesRemovedTo = horizon;
        if (_recordsRemovedTo < horizon)
        {
            if (!writer.Records.RemoveRecordsBelow(horizon, Math.Max(writer.Settings.StepRows, 2 * appended))) _recordsRemovedTo = horizon;
            return true;
        }

        if (writer.Dropped.Count > 0 && CanForget)
        {
            RemoveSegment();
            return true;
        }

        return _bodiesRemovedTo < horizon;
    }

    // A record that is numbered but not stored, and may still be, carries a series that must not be forgotten.
    private bool CanForget => !writer.HasUncommitted;

    private void RemoveSegment()
    {
        var segment = writer.Dropped.Peek();
        var forgotten = writer.Catalogue.WithoutMentionAfter(segment.Series);
        if (forgotten.Count > 0) forgotten.RemoveAll(new HashSet<int>(writer.View.ActiveIndex.Series.ToArray()).Contains);
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
