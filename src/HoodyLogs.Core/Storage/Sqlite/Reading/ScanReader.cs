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

    private const int FewRows = 256;

    private const int RowsBetweenLooksAtTheClock = 256;

    private readonly LogFilter _filter = query.Filter;
    private readonly uint? _traceHash = query.Filter.TraceId is { } trace ? TraceHash.Hash(trace) : null;
    private readonly long _startedAt = time.GetTimestamp();
    private List<long>[]? _traceRows;
    private bool _timeIsUp;

    // What lies below may be gone from the snapshot.
    private long _floor;

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
        return scan.FindsFewRows() ? scan.Read(visitor) : null;
    }

    private bool FindsFewRows()
    {
        var rows = new List<long>[view.Sealed.Length + 1];
        var count = 0;
        for (var stretch = 0; stretch < rows.Length; stretch++)
        {
            rows[stretch] = reader.RowsOfTrace(view, stretch, _traceHash!.Value);
            count += rows[stretch].Count;
            if (count > FewRows) return false;
        }

        _traceRows = rows;
        return true;
    }

    private LogPage Read(LogEntryVisitor visitor)
    {
        var all = IdRange.Of(view, null, null);
        var range = IdRange.Of(view, query.AfterId, query.BeforeId);
        var counts = query.CountTotal || query.Last is not null;
        var countsHere = counts && range == all;
        var matches = new Matches(query.Last is null ? query.Offset : 0, query.Last ?? query.Limit);
        if (query.Last is null) matches.ShowThem(reader, scope, query, visitor);
        var page = Scan(range, query.Descending || query.Last is not null, matches, countsHere);
        var count = !counts || countsHere ? page : Scan(all, false, new Matches(0, 0), true);

        var shown = query.Last is null ? matches.Shown : ShowLast(matches.Picks, visitor);
        var found = Math.Max(page.Count, count.Count);
        return shown with
        {
            Total = query.CountTotal ? found : 0,
            TotalIsLowerBound = counts && !count.Exhausted,
            ScannedToId = shown.HasMore && query.Last is null ? null : page.PageCutAt, // what was found and not shown comes first
            SkippedBeforeLast = query.Last is { } wanted ? Math.Max(0, found - wanted) : 0,
            ScanTime = time.GetElapsedTime(_startedAt),
        };
    }

    private LogPage ShowLast(List<EntryLocation> picks, LogEntryVisitor visitor)
    {
        picks.Reverse();
        picks = [.. picks.Skip((int)Math.Min(query.Offset, int.MaxValue)).Take(query.Limit)];
        return IndexedReader.Show(reader, view, scope, query, picks, visitor, cancellation);
    }

    private ScanResult Scan(IdRange range, bool fromEnd, Matches page, bool count)
    {
        var position = new Position(range, fromEnd);
        var (found, looked) = (0L, 0);
        for (var step = 0; step <= view.Sealed.Length; step++)
        {
            var stretch = fromEnd ? view.Sealed.Length - step : step;
            Pause();
            foreach (var rowId in Candidates(stretch, range, fromEnd))
            {
                if (page.IsFull && (!count || found >= MaxMatches)) return new ScanResult(found, Exhausted: false, PageCutAt: null);
                if ((_timeIsUp || looked >= query.MaxScannedRecords) && (page.IsFull || position.HasMoved))
                {
                    return new ScanResult(found, Exhausted: false, page.IsFull ? null : position.Id);
                }

                if (++looked % RowsBetweenLooksAtTheClock == 0) Pause();
                cancellation.ThrowIfCancellationRequested();
                if (!reader.Cursor.MoveTo(rowId, fromEnd)) continue;
                var number = reader.Cursor.Series;
                if (number >= view.SeriesCount || view.Series[number] is not { } series) continue;

                // Rows of the trace that belong to another scope are passed over without a trace of their position.
                var wanted = range.Within(rowId, selection.FacesOf(number));
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
            var entry = reader.Cursor.ViewForMatching(series, face);
            if (!_filter.MatchesTime(entry) || !(recordMatches ??= _filter.MatchesRecord(entry))) continue;
            count++;
            page.Add(new EntryLocation(rowId, series.Number, face), series);
        }

        return count;
    }

    private void Pause()
    {
        LookAtTheClock();

        // The last matches are shown after the scan, from the snapshot in which they were found.
        if (query.Last is null && reader.RenewIfAsked() is { } floor) _floor = floor;
    }

    private void LookAtTheClock() => _timeIsUp = _timeIsUp || time.GetElapsedTime(_startedAt) >= query.MaxScanTime;

    private IEnumerable<long> Candidates(int stretch, IdRange range, bool fromEnd) =>
        _traceHash is { } hash ? TraceRows(stretch, range, hash, fromEnd) : SelectedRows(stretch, range, fromEnd);

    private IEnumerable<long> TraceRows(int stretch, IdRange range, uint hash, bool fromEnd)
    {
        if (stretch < view.Sealed.Length && (!range.Touches(view.Sealed[stretch]) || view.Sealed[stretch].LastId < _floor)) return [];
        var rowIds = _traceRows?[stretch] ?? reader.RowsOfTrace(view, stretch, hash);
        return (fromEnd ? Enumerable.Reverse(rowIds) : rowIds).Where(id => id >= range.First - 1 && id <= range.Last);
    }

    private IEnumerable<long> SelectedRows(int stretch, IdRange range, bool fromEnd)
    {
        if (RowsOf(stretch, range) is not { } rows) yield break;
        var first = rows.RowAtOrAfter(range.First - 1);
        var last = rows.RowAtOrAfter(range.Last + 1) - 1;
        for (var (row, left) = (fromEnd ? last : first, last - first + 1); left > 0; row += fromEnd ? -1 : 1, left--)
        {
            if (range.Within(rows.IdAt(row), selection.FacesOf(rows.SeriesAt(row))) != RecordParts.None) yield return rows.IdAt(row);
        }
    }

    private RowIndex? RowsOf(int stretch, IdRange range)
    {
        if (stretch == view.Sealed.Length) return view.ActiveIndex;
        var segment = view.Sealed[stretch];
        if (!range.Touches(segment) || segment.LastId < _floor || segment.MaxTsMs < _filter.FromMs || segment.MinTsMs >= _filter.ToMs) return null;
        var share = segment.Share(selection);
        return share.Rows == 0 ? null : reader.Rows(view, segment, selection, share);
    }

    private sealed record ScanResult(long Count, bool Exhausted, long? PageCutAt);

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
        private long _lastShownId;
        private bool _hasMore;

        public List<EntryLocation> Picks { get; } = [];

        public LogPage Shown => new() { Count = _count, LastReturnedId = _lastShownId, HasMore = _hasMore };

        public bool IsFull => _hasMore || _count + Picks.Count == take;

        public void ShowThem(StoreReader reader, LogScope scope, LogQuery query, LogEntryVisitor visitor) =>
            (_reader, _scope, _query, _visitor) = (reader, scope, query, visitor);

        public void Add(in EntryLocation pick, LogSeries series)
        {
            if (_skip > 0) _skip--;
            else if (IsFull) return;
            else if (_reader is null) Picks.Add(pick);
            else if (_bytes > _query!.MaxBytes) _hasMore = true;
            else Show(pick, series);
        }

        private void Show(in EntryLocation pick, LogSeries series)
        {
            _bytes += _reader!.Show(series, pick.Face, _scope!, _query!, _visitor!);
            _count++;
            _lastShownId = pick.EntryId;
        }
    }
}
