using HoodyLogs.Storage.Sqlite.Records;
using HoodyLogs.Storage.Sqlite.Segments;
using HoodyLogs.Storage.Sqlite.Series;

namespace HoodyLogs.Storage.Sqlite.Reading;

/// <summary>
/// Reads pages for filters that need the rows. A trace id is found in the trace index. Other filters look at row after row, within
/// <see cref="LogQuery.MaxScannedRecords"/> and <see cref="LogQuery.MaxScanTime"/>. Entries go to the visitor as soon as they are found, so the scan
/// stops one match after the page has reached its size limit.
/// </summary>
internal sealed class ScanReader(
    StoreReader reader, StoreSnapshot snapshot, LogScope scope, SeriesSelection selection, LogQuery query, TimeProvider time, CancellationToken cancellation)
{
    public const int MaxMatches = 10_000;

    private const int MaxRowsOfSmallTrace = 256;

    private const int RowsBetweenTimeChecks = 256;

    private readonly LogFilter _filter = query.Filter;
    private readonly uint? _traceHash = query.Filter.TraceId is { } trace ? TraceHash.Hash(trace) : null;
    private readonly long _startedAt = time.GetTimestamp();
    private List<long>[]? _traceRows;
    private bool _timeIsUp;

    // Rows below this id may be missing in the current snapshot.
    private long _snapshotFloor;

    public static LogPage Read(
        StoreReader reader, StoreSnapshot snapshot, LogScope scope, LogQuery query, LogEntryVisitor visitor, TimeProvider time, CancellationToken cancellation)
    {
        using var selection = snapshot.Select(scope, query.Filter);
        return new ScanReader(reader, snapshot, scope, selection, query, time, cancellation).Read(visitor);
    }

    /// <summary>
    /// Reads a page of a trace with few rows. That is faster than a switch to a scan thread.
    /// </summary>
    /// <returns>The page. Null if the trace has many rows.</returns>
    public static LogPage? ReadSmallTrace(
        StoreReader reader, StoreSnapshot snapshot, LogScope scope, LogQuery query, LogEntryVisitor visitor, TimeProvider time, CancellationToken cancellation)
    {
        using var selection = snapshot.Select(scope, query.Filter);
        var scan = new ScanReader(reader, snapshot, scope, selection, query, time, cancellation);
        return scan.TryCollectFewRows() ? scan.Read(visitor) : null;
    }

    private bool TryCollectFewRows()
    {
        var rows = new List<long>[snapshot.Sealed.Length + 1];
        var count = 0;
        for (var segmentIndex = 0; segmentIndex < rows.Length; segmentIndex++)
        {
            rows[segmentIndex] = reader.FindTraceRows(snapshot, segmentIndex, _traceHash!.Value);
            count += rows[segmentIndex].Count;
            if (count > MaxRowsOfSmallTrace) return false;
        }

        _traceRows = rows;
        return true;
    }

    private LogPage Read(LogEntryVisitor visitor)
    {
        var all = IdRange.Create(snapshot, null, null);
        var range = IdRange.Create(snapshot, query.AfterId, query.BeforeId);
        var needsTotal = query.CountTotal || query.Last is not null;
        var countsInPage = needsTotal && range == all;
        var matches = new Matches(query.Last is null ? query.Offset : 0, query.Last ?? query.Limit);
        if (query.Last is null) matches.VisitAtOnce(reader, scope, query, visitor);
        var page = Scan(range, query.Descending || query.Last is not null, matches, countsInPage);
        var count = !needsTotal || countsInPage ? page : Scan(all, false, new Matches(0, 0), true);

        var result = query.Last is null ? matches.Page : VisitLast(matches.Locations, visitor);
        var found = Math.Max(page.FoundCount, count.FoundCount);
        return result with
        {
            Total = query.CountTotal ? found : 0,
            TotalIsLowerBound = needsTotal && !count.Exhausted,
            ScannedToId = result.HasMore && query.Last is null ? null : page.PageCutAt, // matches that were found but not returned come first
            MatchesBeforeLast = query.Last is { } wanted ? Math.Max(0, found - wanted) : 0,
            ScanTime = time.GetElapsedTime(_startedAt),
        };
    }

    private LogPage VisitLast(List<EntryLocation> locations, LogEntryVisitor visitor)
    {
        locations.Reverse();
        locations = [.. locations.Skip((int)Math.Min(query.Offset, int.MaxValue)).Take(query.Limit)];
        return IndexedReader.Visit(reader, snapshot, scope, query, locations, visitor, cancellation);
    }

    private ScanResult Scan(IdRange range, bool fromEnd, Matches page, bool count)
    {
        var position = new Position(range, fromEnd);
        var (found, scanned) = (0L, 0);
        for (var step = 0; step <= snapshot.Sealed.Length; step++)
        {
            var segmentIndex = fromEnd ? snapshot.Sealed.Length - step : step;
            Checkpoint();
            foreach (var rowId in GetCandidates(segmentIndex, range, fromEnd))
            {
                if (page.IsFull && (!count || found >= MaxMatches)) return new ScanResult(found, Exhausted: false, PageCutAt: null);
                if ((_timeIsUp || scanned >= query.MaxScannedRecords) && (page.IsFull || position.HasMoved))
                {
                    return new ScanResult(found, Exhausted: false, page.IsFull ? null : position.Id);
                }

                if (++scanned % RowsBetweenTimeChecks == 0) Checkpoint();
                cancellation.ThrowIfCancellationRequested();
                if (!reader.Cursor.MoveTo(rowId, fromEnd)) continue;
                var number = reader.Cursor.Series;
                if (number >= snapshot.SeriesCount || snapshot.Series[number] is not { } series) continue;

                // Rows of the trace in other scopes must not change the position, because the caller can see the position.
                var parts = range.Restrict(rowId, selection.GetParts(number));
                if (parts == RecordParts.None) continue;
                position.MoveTo(fromEnd ? rowId : rowId + series.EntriesPerRecord - 1);
                found += Match(rowId, series, parts, fromEnd, page);
            }

            if (segmentIndex < snapshot.Sealed.Length) position.MoveTo(fromEnd ? snapshot.Sealed[segmentIndex].FirstId : snapshot.Sealed[segmentIndex].LastId);
        }

        return new ScanResult(found, Exhausted: true, PageCutAt: null);
    }

    /// <summary>Adds the matching entries of a row to the page.</summary>
    /// <returns>The number of matching entries.</returns>
    private int Match(long rowId, LogSeries series, RecordParts parts, bool fromEnd, Matches page)
    {
        var count = 0;
        bool? recordMatches = null;
        for (var half = 0; half < 2; half++)
        {
            var part = (half == 1) == fromEnd ? RecordParts.First : RecordParts.Second;
            if ((parts & part) == 0) continue;
            var entry = reader.Cursor.GetMatchView(series, part);
            if (!_filter.MatchesTime(entry) || !(recordMatches ??= _filter.MatchesRecord(entry))) continue;
            count++;
            page.Add(new EntryLocation(rowId, series.Number, part), series);
        }

        return count;
    }

    private void Checkpoint()
    {
        CheckTime();

        // A query for the last entries visits them after the scan, in the snapshot in which they were found.
        if (query.Last is null && reader.RenewSnapshotIfNeeded() is { } floor) _snapshotFloor = floor;
    }

    private void CheckTime() => _timeIsUp = _timeIsUp || time.GetElapsedTime(_startedAt) >= query.MaxScanTime;

    private IEnumerable<long> GetCandidates(int segmentIndex, IdRange range, bool fromEnd) =>
        _traceHash is { } hash ? GetTraceRows(segmentIndex, range, hash, fromEnd) : GetSelectedRows(segmentIndex, range, fromEnd);

    private IEnumerable<long> GetTraceRows(int segmentIndex, IdRange range, uint hash, bool fromEnd)
    {
        if (segmentIndex < snapshot.Sealed.Length && (!range.Overlaps(snapshot.Sealed[segmentIndex]) || snapshot.Sealed[segmentIndex].LastId < _snapshotFloor)) return [];
        var rowIds = _traceRows?[segmentIndex] ?? reader.FindTraceRows(snapshot, segmentIndex, hash);
        return (fromEnd ? Enumerable.Reverse(rowIds) : rowIds).Where(id => id >= range.First - 1 && id <= range.Last);
    }

    private IEnumerable<long> GetSelectedRows(int segmentIndex, IdRange range, bool fromEnd)
    {
        if (GetRows(segmentIndex, range) is not { } rows) yield break;
        var first = rows.RowAtOrAfter(range.First - 1);
        var last = rows.RowAtOrAfter(range.Last + 1) - 1;
        for (var (row, left) = (fromEnd ? last : first, last - first + 1); left > 0; row += fromEnd ? -1 : 1, left--)
        {
            if (range.Restrict(rows.IdAt(row), selection.GetParts(rows.SeriesAt(row))) != RecordParts.None) yield return rows.IdAt(row);
        }
    }

    private RowIndex? GetRows(int segmentIndex, IdRange range)
    {
        if (segmentIndex == snapshot.Sealed.Length) return snapshot.ActiveIndex;
        var segment = snapshot.Sealed[segmentIndex];
        if (!range.Overlaps(segment) || segment.LastId < _snapshotFloor || segment.MaxTsMs < _filter.FromMs || segment.MinTsMs >= _filter.ToMs) return null;
        var counts = segment.CountMatches(selection);
        return counts.Rows == 0 ? null : reader.GetRows(snapshot, segment, selection, counts);
    }

    private sealed record ScanResult(long FoundCount, bool Exhausted, long? PageCutAt);

    /// <summary>The position that the scan has reached. It moves in one direction only.</summary>
    private struct Position(IdRange range, bool fromEnd)
    {
        public long Id { get; private set; } = fromEnd ? range.Last + 1 : range.First - 1;

        public bool HasMoved { get; private set; }

        public void MoveTo(long id)
        {
            if (fromEnd ? id >= Id : id <= Id) return;
            Id = id;
            HasMoved = true;
        }
    }

    /// <summary>The matches of the page. They are visited at once, or collected.</summary>
    private sealed class Matches(long skip, int take)
    {
        private long _skip = skip;
        private StoreReader? _reader;
        private LogScope? _scope;
        private LogQuery? _query;
        private LogEntryVisitor? _visitor;
        private long _bytes;
        private int _count;
        private long _lastVisitedId;
        private bool _hasMore;

        public List<EntryLocation> Locations { get; } = [];

        public LogPage Page => new() { Count = _count, LastReturnedId = _lastVisitedId, HasMore = _hasMore };

        public bool IsFull => _hasMore || _count + Locations.Count == take;

        public void VisitAtOnce(StoreReader reader, LogScope scope, LogQuery query, LogEntryVisitor visitor) =>
            (_reader, _scope, _query, _visitor) = (reader, scope, query, visitor);

        public void Add(in EntryLocation location, LogSeries series)
        {
            if (_skip > 0) _skip--;
            else if (IsFull) return;
            else if (_reader is null) Locations.Add(location);
            else if (_bytes > _query!.MaxBytes) _hasMore = true;
            else Visit(location, series);
        }

        private void Visit(in EntryLocation location, LogSeries series)
        {
            _bytes += _reader!.Visit(series, location.Part, _scope!, _query!, _visitor!);
            _count++;
            _lastVisitedId = location.EntryId;
        }
    }
}
