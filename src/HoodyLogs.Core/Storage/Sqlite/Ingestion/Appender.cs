using HoodyLogs.Storage.Sqlite.Database;
using HoodyLogs.Storage.Sqlite.Segments;

namespace HoodyLogs.Storage.Sqlite.Ingestion;

/// <summary>Assigns ids to records, writes batches, and seals full segments.</summary>
internal sealed class Appender(WriterContext writer)
{
    /// <summary>Assigns ids to records that have none. See <see cref="ILogStore.AssignIds"/>.</summary>
    public int AssignIds(IReadOnlyList<LogRecord> batch)
    {
        writer.Sequence.ReadClock();
        for (var i = 0; i < batch.Count; i++)
        {
            if (batch[i].Id == 0 && !writer.Sequence.TryAssign(batch[i], writer.Catalogue.GetOrAdd(batch[i]))) return i;
        }

        return batch.Count;
    }

    /// <summary>Writes a batch in one transaction and publishes it to readers.</summary>
    /// <exception cref="LogStoreException">The batch was not stored.</exception>
    public void Append(IReadOnlyList<LogRecord> batch)
    {
        ReserveIds(batch);
        AssignIds(batch);
        if (batch[0].Id <= writer.Snapshot.LastId)
        {
            throw new LogStoreException($"Record {batch[0].Id} cannot be appended after record {writer.Snapshot.LastId}: batches must be appended in the order of their ids.");
        }

        var snapshot = writer.Snapshot;
        writer.Bodies.BeginBatch();
        writer.Database.RunInTransaction(() =>
        {
            foreach (var series in writer.Catalogue.Unsaved) writer.Series.Insert(series, writer.Catalogue.IsUnverified(series));
            snapshot = Insert(batch, snapshot);
            writer.Bodies.Flush();
        });
        writer.Bodies.CommitBatch();
        writer.AddAppendedRows(batch.Count);
        writer.Catalogue.MarkSaved();
        for (var i = writer.Snapshot.Sealed.Length; i < snapshot.Sealed.Length; i++) writer.Catalogue.AddReferences(snapshot.Sealed[i].Series);
        writer.Snapshot = snapshot with { Series = writer.Catalogue.ByNumber, SeriesCount = writer.Catalogue.Count };
    }

    /// <summary>
    /// Raises the reserved id limit durably before ids run out. At least half a block stays reserved for <see cref="AssignIds"/> while the store is failing.
    /// </summary>
    public void ReserveIds(IReadOnlyList<LogRecord> batch)
    {
        long needed = 0;
        for (var i = 0; i < batch.Count; i++) needed += batch[i].Id == 0 ? batch[i].EntryCount : 0;
        var sequence = writer.Sequence;
        var block = writer.Settings.IdBlock;
        if (sequence.ReservedIdLimit - sequence.NextId >= needed + (block / 2)) return;
        var reservedIdLimit = sequence.NextId + needed + block;
        writer.Database.RunInTransaction(() => StoreStatements.SetReservedIdLimit(writer.Database, reservedIdLimit), durable: true);
        sequence.ReservedIdLimit = reservedIdLimit;
    }

    private StoreSnapshot Insert(IReadOnlyList<LogRecord> batch, StoreSnapshot snapshot)
    {
        var (active, rows, bounds) = (snapshot.Active, snapshot.ActiveRows, snapshot.ActiveBounds);
        for (var i = 0; i < batch.Count; i++)
        {
            if (IsFull(active, rows, batch[i]))
            {
                snapshot = Seal(snapshot, active, rows, bounds);
                (active, rows, bounds) = (snapshot.Active, 0, SegmentBounds.Empty);
            }

            var record = batch[i];
            var hasBodies = record.RequestBody is not null || record.ResponseBody is not null;
            var row = writer.Records.Insert(record, hasBodies ? writer.Bodies.Add(record) : default);
            active.Add(rows++, row);
            bounds = bounds.With(row);
        }

        return snapshot with { ActiveRows = rows, ActiveBounds = bounds, LastId = batch[^1].LastId };
    }

    private bool IsFull(ActiveSegment active, int rows, LogRecord next) => rows > 0
        && (rows >= writer.Settings.SegmentRows || next.LastId - active.FirstId >= writer.Settings.SegmentIdSpan);

    private StoreSnapshot Seal(StoreSnapshot snapshot, ActiveSegment active, int rows, SegmentBounds bounds)
    {
        var segment = SegmentIndex.Write(writer.Segments, active, rows, bounds, writer.Catalogue.Count);
        writer.Segments.Insert(segment);
        var index = active.GetRows(rows);
        writer.Cache.Add(segment.Number, index);
        return snapshot.WithSealed(segment, index, new ActiveSegment(active.Number + 1));
    }
}
