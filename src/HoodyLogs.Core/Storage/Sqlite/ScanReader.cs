using HoodyLogs.Entries;
using HoodyLogs.Queries;
using HoodyLogs.Tenancy;

namespace HoodyLogs.Storage.Sqlite;

/// <summary>
/// Reads pages by filters that need a look at the record: a trace id through the trace index, the others row by row, within the bounds of
/// decision L4.
/// </summary>
internal sealed class ScanReader(
    StoreReader reader, StoreView view, SeriesSelection selection, LogFilter filter, int maxRows, CancellationToken cancellation)
{
    public const int MaxMatches = 10_000;

    private readonly uint? _traceHash = filter.TraceId is { } trace ? TraceIds.Hash(trace) : null;

    public static LogPage Read(
        StoreReader reader, StoreView view, LogScope scope, LogQuery query, LogEntryVisitor visitor, CancellationToken cancellation)
    {
        using var selection = SeriesSelection.Of(view, scope, query.Filter);
        return new ScanReader(reader, view, selection, query.Filter, query.MaxRecordsLookedAt, cancellation).Read(query, visitor);
    }

    private LogPage Read(LogQuery query, LogEntryVisitor visitor)
    {
        var all = IdRange.Of(view, null, null);
        var range = IdRange.Of(view, query.AfterId, query.BeforeId);
        var counts = query.CountTotal || query.Last is not null;
        var fromEnd = query.Descending || query.Last is not null;
        var page = query.Last is { } last
            ? Scan(range, fromEnd, 0, last, counts && range == all)
            : Scan(range, fromEnd, query.Offset, query.Limit, counts && range == all);
        var count = !counts || range == all ? page : Scan(all, false, 0, 0, true);

        var picks = page.Picks;
        if (query.Last is not null)
        {
            picks.Reverse();
            picks = [.. picks.Skip((int)Math.Min(query.Offset, int.MaxValue)).Take(query.Limit)];
        }

        var shown = PageReader.Show(reader, view, query, picks, visitor, cancellation);
        return shown with
        {
            Total = query.CountTotal ? count.Matches : 0,
            TotalIsLowerBound = counts && !count.Exhausted,
            ScannedToId = shown.HasMore ? null : page.PageCutAt, // what was found and not shown comes first
            SkippedBeforeLast = query.Last is { } wanted ? Math.Max(0, count.Matches - wanted) : 0,
        };
    }

    private ScanResult Scan(IdRange range, bool fromEnd, long skip, int take, bool count)
    {
        var picks = new List<EntryPick>();
        var (matches, looked, lastId) = (0L, 0, 0L);
        foreach (var rowId in Candidates(range, fromEnd))
        {
            var pageIsFull = picks.Count == take;
            if (pageIsFull && (!count || matches >= MaxMatches)) return new ScanResult(picks, matches, Exhausted: false, PageCutAt: null);
            if (looked++ == maxRows) return new ScanResult(picks, matches, Exhausted: false, pageIsFull ? null : lastId);
            cancellation.ThrowIfCancellationRequested();
            lastId = rowId;
            if (!reader.Cursor.MoveTo(rowId, fromEnd)) continue;
            var number = reader.Cursor.Series;
            if (number >= view.SeriesCount || view.Series[number] is not { } series) continue;
            if (!fromEnd) lastId += series.EntriesPerRecord - 1;
            var wanted = range.Within(rowId, selection.FacesOf(number));
            for (var half = 0; half < 2; half++)
            {
                var face = (half == 1) == fromEnd ? EntryFaces.First : EntryFaces.Second;
                if ((wanted & face) == 0 || !filter.Matches(reader.Cursor.ViewForMatching(series, face))) continue;
                if (matches++ >= skip && picks.Count < take) picks.Add(new EntryPick(rowId, number, face));
            }
        }

        return new ScanResult(picks, matches, Exhausted: true, PageCutAt: null);
    }

    private IEnumerable<long> Candidates(IdRange range, bool fromEnd)
    {
        for (var step = 0; step <= view.Sealed.Length; step++)
        {
            var stretch = fromEnd ? view.Sealed.Length - step : step;
            foreach (var rowId in _traceHash is { } hash ? TraceRows(stretch, range, hash, fromEnd) : SelectedRows(stretch, range, fromEnd)) yield return rowId;
        }
    }

    private IEnumerable<long> TraceRows(int stretch, IdRange range, uint hash, bool fromEnd)
    {
        if (stretch < view.Sealed.Length && !range.Touches(view.Sealed[stretch])) return [];
        var rowIds = reader.RowsOfTrace(view, stretch, hash);
        if (fromEnd) rowIds.Reverse();
        return rowIds.Where(id => id >= range.First - 1 && id <= range.Last);
    }

    private IEnumerable<long> SelectedRows(int stretch, IdRange range, bool fromEnd)
    {
        if (RowsOf(stretch, range) is not { } rows) yield break;
        var first = rows.RowAtOrAfter(range.First - 1);
        var last = rows.RowAtOrAfter(range.Last + 1) - 1;
        for (var (row, left) = (fromEnd ? last : first, last - first + 1); left > 0; row += fromEnd ? -1 : 1, left--)
        {
            if (range.Within(rows.IdAt(row), selection.FacesOf(rows.SeriesAt(row))) != EntryFaces.None) yield return rows.IdAt(row);
        }
    }

    private RowIndex? RowsOf(int stretch, IdRange range)
    {
        if (stretch == view.Sealed.Length) return view.ActiveIndex;
        var segment = view.Sealed[stretch];
        if (!range.Touches(segment) || segment.MaxTsMs < filter.FromMs || segment.MinTsMs >= filter.ToMs) return null;
        var share = segment.Share(selection);
        return share.Rows == 0 ? null : reader.Rows(view, segment, selection, share);
    }

    private sealed record ScanResult(List<EntryPick> Picks, long Matches, bool Exhausted, long? PageCutAt);
}
