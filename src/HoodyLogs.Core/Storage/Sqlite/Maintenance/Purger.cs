using HoodyLogs.Storage.Sqlite.Ingestion;
using HoodyLogs.Storage.Sqlite.Segments;

namespace HoodyLogs.Storage.Sqlite.Maintenance;

/// <summary>
/// Removes what lies below the horizon: bodies, rows, and the indexes of whole segments with the series that nothing names any more. A step is small, so
/// that the write lock is never held for long, but always greater than what was appended since the last one, so that removing keeps up with any load.
/// </summary>
internal sealed class Purger(WriterContext writer)
{
    private long _bodiesRemovedTo;
    private long _recordsRemovedTo;

    /// <summary>Whether nothing that the horizon hides is left.</summary>
    public bool IsDone => IsDoneBelow(writer.View.Horizon) && writer.Dropped.Count == 0;

    /// <summary>How many ids below the horizon may still have rows.</summary>
    public long Backlog => writer.View.Horizon - _recordsRemovedTo;

    /// <summary>Whether nothing with a smaller id is left.</summary>
    public bool IsDoneBelow(long id) =>
        _bodiesRemovedTo >= id && _recordsRemovedTo >= id && (writer.Dropped.Count == 0 || writer.Dropped.Peek().LastId >= id);

    /// <summary>
    /// Removes some of what the horizon hides: of bodies, of rows and of segments each, so that none of them waits for a horizon that keeps moving.
    /// </summary>
    /// <returns>Whether there was anything to do.</returns>
    public bool Step()
    {
        var appended = writer.TakeAppended();
        if (IsDone) return false;
        var horizon = writer.View.Horizon;
        return RemoveBodies(horizon) | RemoveRecords(horizon, Math.Max(writer.Settings.PurgeStepRows, 2 * appended)) | RemoveSegment();
    }

    private bool RemoveBodies(long horizon)
    {
        if (_bodiesRemovedTo >= horizon) return false;
        if (writer.Bodies.RemoveOldest(horizon, writer.View.LastId + 1)) return true;
        _bodiesRemovedTo = horizon;
        return false;
    }

    private bool RemoveRecords(long horizon, int rows)
    {
        if (_recordsRemovedTo >= horizon) return false;
        var last = writer.Records.RemoveRecordsBelow(horizon, rows);
        _recordsRemovedTo = last == 0 ? horizon : last + 1;
        return true;
    }

    private bool RemoveSegment()
    {
        if (!CanRemoveSeries || writer.Dropped.Count == 0 || writer.Dropped.Peek().LastId >= _recordsRemovedTo) return false;
        RemoveOldestSegment();
        return true;
    }

    // A record that is numbered but not stored, and may still be, carries a series that must not be forgotten.
    private bool CanRemoveSeries => !writer.HasUncommitted;

    private void RemoveOldestSegment()
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
        writer.Catalogue.Remove(forgotten);
        writer.View = writer.View with { Series = writer.Catalogue.ByNumber };
    }
}
