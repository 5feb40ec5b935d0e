using HoodyLogs.Storage.Sqlite.Series;

namespace HoodyLogs.Storage.Sqlite.Segments;

/// <summary>
/// All that can be read at one moment: published as one reference by the writer after each commit, taken as one by each read. Immutable but for
/// what lies beyond the counts of the arrays that it shares with its successors.
/// </summary>
internal sealed record StoreSnapshot
{
    /// <summary>By number; null where a series was retired or forgotten.</summary>
    public required LogSeries?[] Series { get; init; }

    public required int SeriesCount { get; init; }

    /// <summary>The sealed segments with visible rows, oldest first.</summary>
    public required Segment[] Sealed { get; init; }

    /// <summary>The whole groups among them that are wholly visible, oldest first.</summary>
    public required SegmentGroup[] Groups { get; init; }

    /// <summary>The rows of the oldest sealed segment where the horizon lies within it; else null.</summary>
    public RowIndex? PartialRows { get; init; }

    /// <summary>Rows by series number in all sealed segments that are wholly visible; may be shorter than the series.</summary>
    public required long[] WholeRows { get; init; }

    public required ActiveSegment Active { get; init; }

    public int ActiveRows { get; init; }

    public SegmentBounds ActiveBounds { get; init; } = SegmentBounds.Empty;

    /// <summary>Entries with smaller ids are gone; always the id of a first face, or one that was never given out.</summary>
    public required long Horizon { get; init; }

    /// <summary>The highest id committed.</summary>
    public long LastId { get; init; }

    /// <summary>Grows with all that hides rows, and so allows them to be removed.</summary>
    public int Removals { get; init; }

    public RowIndex ActiveIndex => Active.Rows(ActiveRows);

    /// <summary>Selects the series and parts that the scope may read and the filter matches. Dispose the selection.</summary>
    public SeriesSelection Select(LogScope scope, LogFilter filter) => SeriesSelection.Of(Series.AsSpan(0, SeriesCount), scope, filter);

    /// <summary>All visible rows of a selection, in entries: the cost is that of its series and of two segments, whatever the number of rows.</summary>
    public long Count(SeriesSelection selection)
    {
        long entries = 0;
        foreach (var number in selection.Numbers)
        {
            if (number < WholeRows.Length) entries += WholeRows[number] * selection.WeightOf(number);
        }

        if (PartialRows is not null) entries += CountFrom(PartialRows, Horizon, selection);
        return entries + (selection.IsEverything
            ? Active.Entries(ActiveIndex.RowAtOrAfter(Horizon), ActiveRows)
            : CountFrom(ActiveIndex, Horizon, selection));
    }

    /// <summary>The visible rows of each series.</summary>
    public long[] RowsBySeries()
    {
        var rows = new long[SeriesCount];
        WholeRows.AsSpan(0, Math.Min(WholeRows.Length, SeriesCount)).CopyTo(rows);
        if (PartialRows is not null) Add(PartialRows);
        Add(ActiveIndex);
        return rows;

        void Add(RowIndex index)
        {
            foreach (var series in index.Series[index.RowAtOrAfter(Horizon)..]) rows[series]++;
        }
    }

    /// <summary>The group of which a segment is one end; null where it is none, or where the group is not wholly visible.</summary>
    /// <param name="segment">A sealed segment.</param>
    /// <param name="last">Whether it is the last of the group that is asked for, else the first.</param>
    public SegmentGroup? GroupOf(Segment segment, bool last)
    {
        if (Groups.Length == 0 || segment.Number % SegmentGroup.Size != (last ? SegmentGroup.Size - 1 : 0)) return null;
        var at = (segment.Number / SegmentGroup.Size) - Groups[0].Number;
        return at >= 0 && at < Groups.Length ? Groups[at] : null;
    }

    /// <summary>The view with one segment more, made of all rows of the active one, which a new one follows.</summary>
    public StoreSnapshot WithSealed(Segment segment, RowIndex rows, ActiveSegment next)
    {
        var sealedSegment = this with { Active = next, ActiveRows = 0, ActiveBounds = SegmentBounds.Empty };
        if (segment.LastId < Horizon) return sealedSegment;
        var partial = segment.FirstId < Horizon;
        Segment[] segments = [.. Sealed, segment];
        return sealedSegment with
        {
            Sealed = segments,
            Groups = SegmentGroup.CompletedBy(segments) is { } group && group.FirstId >= Horizon ? [.. Groups, group] : Groups,
            PartialRows = partial ? rows : PartialRows,
            WholeRows = partial ? WholeRows : Added(segment, 1),
        };
    }

    /// <summary>The view with a later horizon.</summary>
    /// <param name="horizon">The new horizon.</param>
    /// <param name="load">Loads the rows of the segment in which it lies.</param>
    public StoreSnapshot WithHorizon(long horizon, Func<Segment, RowIndex> load)
    {
        var view = this;
        while (view.Sealed is [var oldest, ..] && oldest.FirstId < horizon)
        {
            if (view.PartialRows is null) view = view with { WholeRows = view.Added(oldest, -1) };
            if (oldest.LastId >= horizon)
            {
                view = view with { PartialRows = view.PartialRows ?? load(oldest) };
                break;
            }

            view = view with { Sealed = view.Sealed[1..], PartialRows = null };
        }

        var groups = Groups.AsSpan();
        while (groups is [var first, ..] && first.FirstId < horizon) groups = groups[1..];
        return view with { Horizon = horizon, Groups = [.. groups], Removals = Removals + 1 };
    }

    private static long CountFrom(RowIndex rows, long horizon, SeriesSelection selection)
    {
        long entries = 0;
        var faces = selection.Faces;
        foreach (var series in rows.Series[rows.RowAtOrAfter(horizon)..]) entries += SeriesSelection.Weight(faces[series]);
        return entries;
    }

    private long[] Added(Segment segment, int sign)
    {
        var rows = new long[Math.Max(WholeRows.Length, segment.Series.Length == 0 ? 0 : segment.Series[^1] + 1)];
        WholeRows.CopyTo(rows, 0);
        segment.AddTo(rows, sign);
        return rows;
    }
}
