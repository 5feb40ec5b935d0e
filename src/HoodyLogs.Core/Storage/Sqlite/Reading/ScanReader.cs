using HoodyLogs.Storage.Sqlite.Records;
using HoodyLogs.Storage.Sqlite.Segments;
using HoodyLogs.Storage.Sqlite.Series;

namespace HoodyLogs.Storage.Sqlite.Reading;

/// <summary>
/// Reads pages by filters that need a look at the record: a trace id through the trace index, the others row by row, within the bounds of
/// <see cref="LogQuery.MaxScannedRecords"/> and <see cref="LogQuery.MaxScanTime"/>. Entries are shown as they are found, so a page that is cut by its
/// bytes has not looked further than to the next match.
/// </summary>
internal sealed class ScanReader(
    StoreReader reader, StoreSnapshot view, LogScope scope, SeriesSelection selection, LogQuery query, TimeProvider time, CancellationToken cancellation)
{
    public const int MaxMatches = 10_000;

    private const int MaxRowsOfSmallTrace = 256;

    private const int RowsBetweenTimeChecks = 256;

    private readonly LogFilter _filter = query.Filter;
    private readonly uint? _traceHash = query.Filter.TraceId is { } trace ? TraceHash.Hash(trace) : null;
    private readonly long _startedAt = time.GetTimestamp();
    private List<long>[]? _traceRows;
    private bool _timeIsUp;

    // What lies below may be gone from the snapshot.
    private long _snapshotFloor;

    public static LogPage Read(
        StoreReader reader, StoreSnapshot view, LogScope scope, LogQuery query, LogEntryVisitor visitor, TimeProvider time, CancellationToken cancellation)
    {
        using var selection = view.Select(scope, query.Filter);
        return new ScanReader(reader, view, scope, selection, query, time, cancellation).Read(visitor);
    }

    /// <summary>Reads a page of a trace that has few rows, which takes less time than another thread takes to begin; null where it has many.</summary>
    public static LogPage? ReadSmallTrace(
        StoreReader reader, StoreSnapshot view, LogScope scope, LogQuery query, LogEntryVisitor visitor, TimeProvider time, CancellationToken cancellation)
    {
        using var selection = view.Select(scope, query.Filter);
        var scan = new ScanReader(reader, view, scope, selection, query, time, cancellation);
        return scan.TryCollectFewRows() ? scan.Read(visitor) : null;
    }

    private bool TryCollectFewRows()
    {
        var rows = new List<long>[view.Sealed.Length + 1];
        var count = 0;
        for (var stretch = 0; stretch < rows.Length; stretch++)
        {
            rows[stretch] = reader.FindTraceRows(view, stretch, _traceHash!.Value);
            count += rows[stretch].Count;
            if (count > MaxRowsOfSmallTrace) return false;
        }

        _traceRows = rows;
        return true;
    }

    private LogPage Read(LogEntryVisitor visitor)
    {
        var all = IdRange.Create(view, null, null);
        var range = IdRange.Create(view, query.AfterId, query.BeforeId);
        var counts = query.CountTotal || query.Last is not null;
        var countsHere = counts && range == all;
        var matches = new Matches(query.Last is null ? query.Offset : 0, query.Last ?? query.Limit);
        if (query.Last is null) matches.VisitAtOnce(reader, scope, query, visitor);
        var page = Scan(range, query.Descending || query.Last is not null, matches, countsHere);
        var count = !counts || countsHere ? page : Scan(all, false, new Matches(0, 0), true);

        var shown = query.Last is null ? matches.Page : VisitLast(matches.Locations, visitor);
        var found = Math.Max(page.FoundCount, count.FoundCount);
        return shown with
        {
            Total = query.CountTotal ? found : 0,
            TotalIsLowerBound = counts && !count.Exhausted,
            ScannedToId = shown.HasMore && query.Last is null ? null : page.PageCutAt, // what was found and not shown comes first
            SkippedBeforeLast = query.Last is { } wanted ? Math.Max(0, found - wanted) : 0,
            ScanTime = time.GetElapsedTime(_startedAt),
        };
    }

    private LogPage VisitLast(List<EntryLocation> picks, LogEntryVisitor visitor)
    {
        picks.Reverse();
        picks = [.. picks.Skip((int)Math.Min(query.Offset, int.MaxValue)).Take(query.Limit)];
        return IndexedReader.Visit(reader, view, scope, query, picks, visitor, cancellation);
    }

    private ScanResult Scan(IdRange range, bool fromEnd, Matches page, bool count)
    {
        var position = new Position(range, fromEnd);
        var (found, looked) = (0L, 0);
        for (var step = 0; step <= view.Sealed.Length; step++)
        {
            var stretch = fromEnd ? view.Sealed.Length - step : step;
            Yield();
            foreach (var rowId in GetCandidates(stretch, range, fromEnd))
            {
                if (page.IsFull && (!count || found >= MaxMatches)) return new ScanResult(found, Exhausted: false, PageCutAt: null);
                if ((_timeIsUp || looked >= query.MaxScannedRecords) && (page.IsFull || position.HasMoved))
                {
                    return new ScanResult(found, Exhausted: false, page.IsFull ? null : position.Id);
                }

                if (++looked % RowsBetweenTimeChecks == 0) Yield();
                cancellation.ThrowIfCancellationRequested();
                if (!reader.Cursor.MoveTo(rowId, fromEnd)) continue;
                var number = reader.Cursor.Series;
                if (number >= view.SeriesCount || view.Series[number] is not { } series) continue;

                // Rows of the trace that belong to another scope are passed over without a trace of their position.
                var wanted = range.Restrict(rowId, selection.GetParts(number));
                if (wanted == RecordParts.None) continue;
                position.MoveTo(fromEnd ? rowId : rowId + series.EntriesPerRecord - 1);
                found += Match(rowId, series, wanted, fromEnd, page);
            }

            if (stretch < view.Sealed.Length) position.MoveTo(fromEnd ? view.Sealed[stretch].FirstId : view.Sealed[stretch].LastId);
        }

        return new ScanResult(found, Exhausted: true, PageCutAt: null);
    }

    /// <returns>How many of the row's entries match.</returns>
    private int Match(long rowId, LogSeries series, RecordParts wanted, bool fromEnd, Matches page)
    {
        var count = 0;
        bool? recordMatches = null;
        for (var half = 0; half < 2; half++)
        {
            var face = (half == 1) == fromEnd ? RecordParts.First : RecordParts.Second;
            if ((wanted & face) == 0) continue;
            var entry = reader.Cursor.GetMatchView(series, face);
            if (!_filter.MatchesTime(entry) || !(recordMatches ??= _filter.MatchesRecord(entry))) continue;
            count++;
            page.Add(new EntryLocation(rowId, series.Number, face), series);
        }

        return count;
    }

    private void Yield()
    {
        CheckTime();

        // The last matches are shown after the scan, from the snapshot in which they were found.
        if (query.Last is null && reader.RenewSnapshotIfNeeded() is { } floor) _snapshotFloor = floor;
    }

    private void CheckTime() => _timeIsUp = _timeIsUp || time.GetElapsedTime(_startedAt) >= query.MaxScanTime;

    private IEnumerable<long> GetCandidates(int stretch, IdRange range, bool fromEnd) =>
        _traceHash is { } hash ? GetTraceRows(stretch, range, hash, fromEnd) : GetSelectedRows(stretch, range, fromEnd);

    private IEnumerable<long> GetTraceRows(int stretch, IdRange range, uint hash, bool fromEnd)
    {
        if (stretch < view.Sealed.Length && (!range.Overlaps(view.Sealed[stretch]) || view.Sealed[stretch].LastId < _snapshotFloor)) return [];
        var rowIds = _traceRows?[stretch] ?? reader.FindTraceRows(view, stretch, hash);
        return (fromEnd ? Enumerable.Reverse(rowIds) : rowIds).Where(id => id >= range.First - 1 && id <= range.Last);
    }

    private IEnumerable<long> GetSelectedRows(int stretch, IdRange range, bool fromEnd)
    {
        if (GetRows(stretch, range) is not { } rows) yield break;
        var first = rows.RowAtOrAfter(range.First - 1);
        var last = rows.RowAtOrAfter(range.Last + 1) - 1;
        for (var (row, left) = (fromEnd ? last : first, last - first + 1); left > 0; row += fromEnd ? -1 : 1, left--)
        {
            if (range.Restrict(rows.IdAt(row), selection.GetParts(rows.SeriesAt(row))) != RecordParts.None) yield return rows.IdAt(row);
        }
    }

    private RowIndex? GetRows(int stretch, IdRange range)
    {
        if (stretch == view.Sealed.Length) return view.ActiveIndex;
        var segment = view.Sealed[stretch];
        if (!range.Overlaps(segment) || segment.LastId < _snapshotFloor || segment.MaxTsMs < _filter.FromMs || segment.MinTsMs >= _filter.ToMs) return null;
        var share = segment.CountMatches(selection);
        return share.Rows == 0 ? null : reader.GetRows(view, segment, selection, share);
    }

    private sealed record ScanResult(long FoundCount, bool Exhausted, long? PageCutAt);

    /// <summary>Up to where a scan has looked. It only moves on, and never to where it began.</summary>
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

    /// <summary>The matches that the page wants: shown at once, or collected.</summary>
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

        public void Add(in EntryLocation pick, LogSeries series)
        {
            if (_skip > 0) _skip--;
            else if (IsFull) return;
            else if (_reader is null) Locations.Add(pick);
            else if (_bytes > _query!.MaxBytes) _hasMore = true;
            else Visit(pick, series);
        }

        private void Visit(in EntryLocation pick, LogSeries series)
        {
            _bytes += _reader!.Visit(series, pick.Part, _scope!, _query!, _visitor!);
            _count++;
            _lastVisitedId = pick.EntryId;
        }
    }
}
