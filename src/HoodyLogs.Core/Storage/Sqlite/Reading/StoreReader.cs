using HoodyLogs.Storage.Bodies;
using HoodyLogs.Storage.Sqlite.Database;
using HoodyLogs.Storage.Sqlite.Diagnostics;
using HoodyLogs.Storage.Sqlite.Records;
using HoodyLogs.Storage.Sqlite.Segments;
using HoodyLogs.Storage.Sqlite.Series;
using Microsoft.Extensions.Logging;

namespace HoodyLogs.Storage.Sqlite.Reading;

/// <summary>A read-only connection with its prepared statements, used by one read at a time.</summary>
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
    /// Begins a read of one moment. The view is taken first and the transaction pinned then, so the transaction holds all that the view
    /// shows, unless something was hidden in between, which alone allows rows to be removed: then both are taken again.
    /// </summary>
    public StoreSnapshot Begin(Func<StoreSnapshot> current)
    {
        _getSnapshot = current;
        _gate.Pass();
        while (true)
        {
            var view = current();
            _database.Execute("BEGIN");
            _pinSnapshot.Step();
            _pinSnapshot.Reset();
            if (current().VisibilityVersion == view.VisibilityVersion) return view;
            End();
        }
    }

    /// <summary>
    /// Takes a new snapshot if the write-ahead log waits for this one to end. A read that goes on with its view then no longer finds the rows that were
    /// removed in between.
    /// </summary>
    /// <returns>The first id that is visible in the new snapshot; null where the old one goes on.</returns>
    public long? RenewSnapshotIfNeeded()
    {
        if (!_gate.IsClosed) return null;
        End();
        return Begin(_getSnapshot!).RetentionFloor;
    }

    /// <summary>Shows the row on which the cursor stands as one of its entries, with the bodies that are asked for.</summary>
    /// <returns>About how many bytes were shown, bodies included.</returns>
    public long Visit(LogSeries series, RecordParts face, LogScope scope, LogQuery query, LogEntryVisitor visitor)
    {
        var view = Cursor.GetView(series, face, scope);
        if (!query.IncludeRequestBody && !query.IncludeResponseBody)
        {
            visitor(view);
            return view.ApproximateBytes;
        }

        var (place, flags) = Cursor.GetBodies();
        var hasRequest = query.IncludeRequestBody && flags.HasRequestBody;
        var hasResponse = query.IncludeResponseBody && flags.HasResponseBody;
        using var request = hasRequest ? Bodies.Read(Cursor.Id, place.Offset, place.Request) : null;
        using var response = hasResponse ? Bodies.Read(Cursor.Id, place.ResponseOffset, place.Response) : null;
        if (hasRequest && request is null) view = view with { RequestBodyState = BodyState.Lost };
        if (hasResponse && response is null) view = view with { ResponseBodyState = BodyState.Lost };
        var shown = view.WithBodies(
            query.IncludeRequestBody, request is not null, new BodyView(request.GetValueOrDefault().Content, flags.RequestBodyIsText),
            query.IncludeResponseBody, response is not null, new BodyView(response.GetValueOrDefault().Content, flags.ResponseBodyIsText));
        visitor(shown);
        return shown.ApproximateBytes;
    }

    public void End()
    {
        Cursor.Reset();
        Bodies.Release();
        _database.Execute("ROLLBACK");
    }

    /// <summary>The rows of a sealed segment in which a selection can find its own: all of them, or just those where they are few.</summary>
    public RowIndex GetRows(StoreSnapshot view, Segment segment, SeriesSelection selection, MatchCounts share)
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
    public List<long> FindTraceRows(StoreSnapshot view, int stretch, uint hash)
    {
        var rowIds = new List<long>();
        if (stretch < view.Sealed.Length)
        {
            SegmentIndex.AppendTraceRows(_readChunk, view.Sealed[stretch], hash, rowIds);
            return rowIds;
        }

        var traces = view.Active.GetTraceHashes(view.ActiveRows);
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
        Bodies.Dispose();
        _readChunk.Dispose();
        _pinSnapshot.Dispose();
        _database.Dispose();
    }
}
