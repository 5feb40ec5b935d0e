namespace HoodyLogs.Storage.Sqlite;

/// <summary>A read-only connection with its prepared statements, used by one read at a time.</summary>
internal sealed class StoreReader : IDisposable
{
    private readonly SqliteDatabase _database;
    private readonly SqliteStatement _readChunk;
    private readonly SqliteStatement _pin;
    private readonly SegmentCache _cache;

    public StoreReader(string path, SegmentCache cache)
    {
        _cache = cache;
        _database = SqliteDatabase.OpenReader(path);
        _database.Execute(Schema.ReaderPragmas);
        _readChunk = SegmentStatements.PrepareReadChunk(_database);
        _pin = _database.Prepare(StoreStatements.Pin);
        Cursor = new RecordCursor(_database);
    }

    public RecordCursor Cursor { get; }

    /// <summary>
    /// Begins a read of one moment. The view is taken first and the transaction pinned then, so the transaction holds all that the view
    /// shows, unless something was hidden in between, which alone allows rows to be removed: then both are taken again.
    /// </summary>
    public StoreView Begin(Func<StoreView> current)
    {
        while (true)
        {
            var view = current();
            _database.Execute("BEGIN");
            _pin.Step();
            _pin.Reset();
            if (current().Removals == view.Removals) return view;
            End();
        }
    }

    public void End()
    {
        Cursor.Stop();
        _database.Execute("ROLLBACK");
    }

    /// <summary>The rows of a sealed segment in which a selection can find its own: all of them, or just those where they are few.</summary>
    public RowIndex Rows(StoreView view, Segment segment, SeriesSelection selection, SegmentShare share)
    {
        const int FewSeries = 32;
        if (view.PartialRows is not null && segment == view.Sealed[0]) return view.PartialRows;
        if (_cache.Find(segment.Number) is { } cached) return cached;
        if (share.Series <= FewSeries && share.Rows < segment.Rows / 8) return SegmentIndex.ReadSelected(_readChunk, segment, selection, share);
        var all = SegmentIndex.ReadAll(_readChunk, segment);
        _cache.Add(segment.Number, all);
        return all;
    }

    /// <summary>The ids of the rows of the n-th segment (the active one is the last), ascending, whose trace id has this hash, hidden ones included.</summary>
    public List<long> RowsOfTrace(StoreView view, int stretch, uint hash)
    {
        var rowIds = new List<long>();
        if (stretch < view.Sealed.Length)
        {
            SegmentIndex.FindTrace(_readChunk, view.Sealed[stretch], hash, rowIds);
            return rowIds;
        }

        var traces = view.Active.Traces(view.ActiveRows);
        var index = view.ActiveIndex;
        for (var row = 0; traces[row..].IndexOf(hash) is >= 0 and var next; row++)
        {
            row += next;
            rowIds.Add(index.IdAt(row));
        }

        return rowIds;
    }

    public void Dispose()
    {
        Cursor.Dispose();
        _readChunk.Dispose();
        _pin.Dispose();
        _database.Dispose();
    }
}
