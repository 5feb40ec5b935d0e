using HoodyLogs.Storage.Sqlite.Database;
using HoodyLogs.Storage.Sqlite.Segments;

namespace HoodyLogs.Storage.Sqlite.Ingestion;

/// <summary>Numbers records and writes them, sealing segments on the way.</summary>
internal sealed class Appender(WriterContext writer)
{
    /// <summary>See <see cref="ILogStore.AssignIds"/>.</summary>
    public int AssignIds(IReadOnlyList<LogRecord> batch)
    {
        writer.Sequence.ReadClock();
        for (var i = 0; i < batch.Count; i++)
        {
            if (batch[i].Id == 0 && !writer.Sequence.TryAssign(batch[i], writer.Catalogue.GetOrAdd(batch[i]))) return i;
        }

        return batch.Count;
    }

    /// <summary>Writes a batch in one transaction and shows it to readers.</summary>
    public void Append(IReadOnlyList<LogRecord> batch)
    {
        ReserveIds(batch);
        AssignIds(batch);
        if (batch[0].Id <= writer.Snapshot.LastId)
        {
            throw new LogStoreException($"Record {batch[0].Id} comes after {writer.Snapshot.LastId}: batches must be appended in the order of their numbers.");
        }

        var view = writer.Snapshot;
        writer.Bodies.BeginBatch();
        writer.Database.RunInTransaction(() =>
        {
            foreach (var series in writer.Catalogue.Unsaved) writer.Series.Insert(series, writer.Catalogue.IsUnverified(series));
            view = Insert(batch, view);
            writer.Bodies.Flush();
        });
        writer.Bodies.CommitBatch();
        writer.AddAppendedRows(batch.Count);
        writer.Catalogue.MarkSaved();
        for (var i = writer.Snapshot.Sealed.Length; i < view.Sealed.Length; i++) writer.Catalogue.AddReferences(view.Sealed[i].Series);
        writer.Snapshot = view with { Series = writer.Catalogue.ByNumber, SeriesCount = writer.Catalogue.Count };
    }

    /// <summary>Raises the durable ceiling before ids run short, so that <see cref="AssignIds"/> has half a block left while the store fails.</summary>
    public void ReserveIds(IReadOnlyList<LogRecord> batch)
    {
        long needed = 0;
        for (var i = 0; i < batch.Count; i++) needed += batch[i].Id == 0 ? batch[i].EntryCount : 0;
        var sequence = writer.Sequence;
        var block = writer.Settings.IdBlock;
        if (sequence.ReservedIdLimit - sequence.NextId >= needed + (block / 2)) return;
        var ceiling = sequence.NextId + needed + block;
        writer.Database.RunInTransaction(() => StoreStatements.SetReservedIdLimit(writer.Database, ceiling), durable: true);
        sequence.ReservedIdLimit = ceiling;
    }

    private StoreSnapshot Insert(IReadOnlyList<LogRecord> batch, StoreSnapshot view)
    {
        var (active, rows, bounds) = (view.Active, view.ActiveRows, view.ActiveBounds);
        for (var i = 0; i < batch.Count; i++)
        {
            if (IsFull(active, rows, batch[i]))
            {
                view = Seal(view, active, rows, bounds);
                (active, rows, bounds) = (view.Active, 0, SegmentBounds.Empty);
            }

            var record = batch[i];
            var hasBodies = record.RequestBody is not null || record.ResponseBody is not null;
            var row = writer.Records.Insert(record, hasBodies ? writer.Bodies.Add(record) : default);
            active.Add(rows++, row);
            bounds = bounds.With(row);
        }

        return view with { ActiveRows = rows, ActiveBounds = bounds, LastId = batch[^1].LastId };
    }

    private bool IsFull(ActiveSegment active, int rows, LogRecord next) => rows > 0
        && (rows >= writer.Settings.SegmentRows || next.LastId - active.FirstId >= writer.Settings.SegmentIdSpan);

    private StoreSnapshot Seal(StoreSnapshot view, ActiveSegment active, int rows, SegmentBounds bounds)
    {
        var segment = SegmentIndex.Write(writer.Segments, active, rows, bounds, writer.Catalogue.Count);
        writer.Segments.Insert(segment);
        var index = active.GetRows(rows);
        writer.Cache.Add(segment.Number, index);
        return view.WithSealed(segment, index, new ActiveSegment(active.Number + 1));
    }
}
