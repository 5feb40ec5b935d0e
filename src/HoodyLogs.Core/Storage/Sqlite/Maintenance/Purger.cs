using HoodyLogs.Storage.Sqlite.Ingestion;
using HoodyLogs.Storage.Sqlite.Segments;

namespace HoodyLogs.Storage.Sqlite.Maintenance;

/// <summary>
/// Removes entries below the retention floor: bodies, rows, and indexes of whole segments with their unreferenced series. A step is small, so that it
/// holds the write lock only briefly. But it removes more rows than were appended since the last step, so that purging keeps up with any load.
/// </summary>
internal sealed class Purger(WriterContext writer)
{
    private long _bodiesPurgedTo;
    private long _recordsPurgedTo;

    /// <summary>Whether everything below the retention floor is removed.</summary>
    public bool IsComplete => IsPurgedBelow(writer.Snapshot.RetentionFloor) && writer.ExpiredSegments.Count == 0;

    /// <summary>The number of ids below the retention floor that can still have rows.</summary>
    public long Backlog => writer.Snapshot.RetentionFloor - _recordsPurgedTo;

    /// <summary>Returns whether everything below the id is removed.</summary>
    public bool IsPurgedBelow(long id) =>
        _bodiesPurgedTo >= id && _recordsPurgedTo >= id && (writer.ExpiredSegments.Count == 0 || writer.ExpiredSegments.Peek().LastId >= id);

    /// <summary>
    /// Removes some bodies, some rows and one segment. Each step does all three, so that a retention floor that keeps rising does not delay any of them.
    /// </summary>
    /// <returns>True if there was something to remove.</returns>
    public bool Step()
    {
        var appended = writer.TakeAppendedRows();
        if (IsComplete) return false;
        var retentionFloor = writer.Snapshot.RetentionFloor;
        return PurgeBodies(retentionFloor) | PurgeRecords(retentionFloor, Math.Max(writer.Settings.PurgeStepRows, 2 * appended)) | PurgeSegment();
    }

    private bool PurgeBodies(long retentionFloor)
    {
        if (_bodiesPurgedTo >= retentionFloor) return false;
        if (writer.Bodies.DeleteOldest(retentionFloor, writer.Snapshot.LastId + 1)) return true;
        _bodiesPurgedTo = retentionFloor;
        return false;
    }

    private bool PurgeRecords(long retentionFloor, int rows)
    {
        if (_recordsPurgedTo >= retentionFloor) return false;
        var last = writer.Records.DeleteBelow(retentionFloor, rows);
        _recordsPurgedTo = last == 0 ? retentionFloor : last + 1;
        return true;
    }

    private bool PurgeSegment()
    {
        if (!CanPurgeSeries || writer.ExpiredSegments.Count == 0 || writer.ExpiredSegments.Peek().LastId >= _recordsPurgedTo) return false;
        PurgeOldestSegment();
        return true;
    }

    // A record with an id that is not stored yet can refer to a series. The series must stay until the record is committed.
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
