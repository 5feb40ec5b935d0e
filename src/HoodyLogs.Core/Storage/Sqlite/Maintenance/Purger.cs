using HoodyLogs.Storage.Sqlite.Ingestion;
using HoodyLogs.Storage.Sqlite.Segments;

namespace HoodyLogs.Storage.Sqlite.Maintenance;

/// <summary>
/// Removes what lies below the horizon: bodies, rows, and the indexes of whole segments with the series that nothing names any more. A step is small, so
/// that the write lock is never held for long, but always greater than what was appended since the last one, so that removing keeps up with any load.
/// </summary>
internal sealed class Purger(WriterContext writer)
{
    private long _bodiesPurgedTo;
    private long _recordsPurgedTo;

    /// <summary>Whether nothing that the horizon hides is left.</summary>
    public bool IsComplete => IsPurgedBelow(writer.Snapshot.RetentionFloor) && writer.ExpiredSegments.Count == 0;

    /// <summary>How many ids below the horizon may still have rows.</summary>
    public long Backlog => writer.Snapshot.RetentionFloor - _recordsPurgedTo;

    /// <summary>Whether nothing with a smaller id is left.</summary>
    public bool IsPurgedBelow(long id) =>
        _bodiesPurgedTo >= id && _recordsPurgedTo >= id && (writer.ExpiredSegments.Count == 0 || writer.ExpiredSegments.Peek().LastId >= id);

    /// <summary>
    /// Removes some of what the horizon hides: of bodies, of rows and of segments each, so that none of them waits for a horizon that keeps moving.
    /// </summary>
    /// <returns>Whether there was anything to do.</returns>
    public bool Step()
    {
        var appended = writer.TakeAppendedRows();
        if (IsComplete) return false;
        var horizon = writer.Snapshot.RetentionFloor;
        return PurgeBodies(horizon) | PurgeRecords(horizon, Math.Max(writer.Settings.PurgeStepRows, 2 * appended)) | PurgeSegment();
    }

    private bool PurgeBodies(long horizon)
    {
        if (_bodiesPurgedTo >= horizon) return false;
        if (writer.Bodies.DeleteOldest(horizon, writer.Snapshot.LastId + 1)) return true;
        _bodiesPurgedTo = horizon;
        return false;
    }

    private bool PurgeRecords(long horizon, int rows)
    {
        if (_recordsPurgedTo >= horizon) return false;
        var last = writer.Records.DeleteBelow(horizon, rows);
        _recordsPurgedTo = last == 0 ? horizon : last + 1;
        return true;
    }

    private bool PurgeSegment()
    {
        if (!CanPurgeSeries || writer.ExpiredSegments.Count == 0 || writer.ExpiredSegments.Peek().LastId >= _recordsPurgedTo) return false;
        PurgeOldestSegment();
        return true;
    }

    // A record that is numbered but not stored, and may still be, carries a series that must not be forgotten.
    private bool CanPurgeSeries => !writer.HasUncommittedIds;

    private void PurgeOldestSegment()
    {
        var segment = writer.ExpiredSegments.Peek();
        var forgotten = writer.Catalogue.FindUnreferencedWithout(segment.Series);
        if (forgotten.Count > 0) forgotten.RemoveAll(new HashSet<int>(writer.Snapshot.ActiveIndex.Series.ToArray()).Contains);
        writer.Database.RunInTransaction(() =>
        {
            SegmentIndex.Delete(writer.Segments, segment.Number);
            writer.Segments.Delete(segment.Number);
            foreach (var number in forgotten) writer.Series.Delete(number);
        });
        writer.ExpiredSegments.Dequeue();
        writer.Catalogue.RemoveReferences(segment.Series);
        writer.Catalogue.Remove(forgotten);
        writer.Snapshot = writer.Snapshot with { Series = writer.Catalogue.ByNumber };
    }
}
