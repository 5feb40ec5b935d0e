using HoodyLogs.Storage.Bodies;
using HoodyLogs.Storage.Sqlite.Database;
using HoodyLogs.Storage.Sqlite.Diagnostics;
using HoodyLogs.Storage.Sqlite.Records;
using HoodyLogs.Storage.Sqlite.Segments;
using HoodyLogs.Storage.Sqlite.Series;
using Microsoft.Extensions.Logging;

namespace HoodyLogs.Storage.Sqlite.Reading;

/// <summary>A read-only connection with its prepared statements. One read at a time uses it.</summary>
internal sealed class StoreReader : IDisposable
{
    private readonly SqliteDatabase _database;
    private readonly SqliteStatement _readChunk;
    private readonly SqliteStatement _pinSnapshot;
    private readonly SegmentCache _cache;
    private readonly ReaderGate _gate;
    private Func<StoreSnapshot>? _getSnapshot;

    public StoreReader(string path, BodyFiles bodies, SegmentCache cache, TimeCorrections corrections, ReaderGate gate, ILogger logger)
    {
        (_cache, _gate) = (cache, gate);
        _database = SqliteDatabase.OpenReader(path);
        _database.Execute(Schema.ReaderPragmas);
        _readChunk = SegmentStatements.PrepareReadChunk(_database);
        _pinSnapshot = _database.Prepare(StoreStatements.PinSnapshot);
        Cursor = new RecordCursor(_database, corrections);
        Bodies = new BodyReader(bodies, (file, failure) =>
        {
            if (file.IsFirstFailure()) StoreMessages.BodiesUnreadable(logger, file.Path, failure);
        });
    }

    public RecordCursor Cursor { get; }

    public BodyReader Bodies { get; }

    /// <summary>
    /// Begins a read. It takes the snapshot first and then begins a transaction, so the transaction has all rows of the snapshot. If entries were hidden in
    /// between, their rows may be gone, and both are taken again.
    /// </summary>
    public StoreSnapshot Begin(Func<StoreSnapshot> current)
    {
        _getSnapshot = current;
        _gate.Pass();
        while (true)
        {
            var snapshot = current();
            _database.Execute("BEGIN");
            _pinSnapshot.Step();
            _pinSnapshot.Reset();
            if (current().VisibilityVersion == snapshot.VisibilityVersion) return snapshot;
            End();
        }
    }

    /// <summary>
    /// Begins a new transaction if the write-ahead log waits for the end of this one. The read continues with its snapshot, but it no longer finds rows that
    /// were removed in between.
    /// </summary>
    /// <returns>The retention floor of the new transaction. Null if the transaction was kept.</returns>
    public long? RenewSnapshotIfNeeded()
    {
        if (!_gate.IsClosed) return null;
        End();
        return Begin(_getSnapshot!).RetentionFloor;
    }

    /// <summary>Passes the current row as one of its entries to the visitor, with the requested bodies.</summary>
    /// <returns>The approximate number of bytes, bodies included.</returns>
    public long Visit(LogSeries series, RecordParts part, LogScope scope, LogQuery query, LogEntryVisitor visitor)
    {
        var view = Cursor.GetView(series, part, scope);
        if (!query.IncludeRequestBody && !query.IncludeResponseBody)
        {
            visitor(view);
            return view.ApproximateBytes;
        }

        var (location, flags) = Cursor.GetBodies();
        var hasRequest = query.IncludeRequestBody && flags.HasRequestBody;
        var hasResponse = query.IncludeResponseBody && flags.HasResponseBody;
        using var request = hasRequest ? Bodies.Read(Cursor.Id, location.Offset, location.Request) : null;
        using var response = hasResponse ? Bodies.Read(Cursor.Id, location.ResponseOffset, location.Response) : null;
        if (hasRequest && request is null) view = view with { RequestBodyState = BodyState.Lost };
        if (hasResponse && response is null) view = view with { ResponseBodyState = BodyState.Lost };
        var entry = view.WithBodies(
            query.IncludeRequestBody, request is not null, new BodyView(request.GetValueOrDefault().Content, flags.RequestBodyIsText),
            query.IncludeResponseBody, response is not null, new BodyView(response.GetValueOrDefault().Content, flags.ResponseBodyIsText));
        visitor(entry);
        return entry.ApproximateBytes;
    }

    public void End()
    {
        Cursor.Reset();
        Bodies.Release();
        _database.Execute("ROLLBACK");
    }

    /// <summary>Returns the rows of a sealed segment that the selection needs: all of them, or only the selected ones if they are few.</summary>
    public RowIndex GetRows(StoreSnapshot snapshot, Segment segment, SeriesSelection selection, MatchCounts counts)
    {
        const int FewSeries = 32;
        if (snapshot.PartialRows is not null && segment == snapshot.Sealed[0]) return snapshot.PartialRows;
        if (_cache.Find(segment.Number) is { } cached) return cached;
        if (counts.Series <= FewSeries && counts.Rows < segment.Rows / 8) return SegmentIndex.ReadSelected(_readChunk, segment, selection, counts);
        var all = SegmentIndex.ReadAll(_readChunk, segment);
        _cache.Add(segment.Number, all);
        return all;
    }

    /// <summary>
    /// Returns the ids of the rows of a segment whose trace id has this hash, in ascending order. Hidden rows are included. The active segment is the last one.
    /// </summary>
    public List<long> FindTraceRows(StoreSnapshot snapshot, int segmentIndex, uint hash)
    {
        var rowIds = new List<long>();
        if (segmentIndex < snapshot.Sealed.Length)
        {
            SegmentIndex.AppendTraceRows(_readChunk, snapshot.Sealed[segmentIndex], hash, rowIds);
            return rowIds;
        }

        var traces = snapshot.Active.GetTraceHashes(snapshot.ActiveRows);
        var index = snapshot.ActiveIndex;
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
        Bodies.Dispose();
        _readChunk.Dispose();
        _pinSnapshot.Dispose();
        _database.Dispose();
    }
}
