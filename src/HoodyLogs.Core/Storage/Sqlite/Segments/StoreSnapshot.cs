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
    public required long[] VisibleRows { get; init; }

    public required ActiveSegment Active { get; init; }

    public int ActiveRows { get; init; }

    public SegmentBounds ActiveBounds { get; init; } = SegmentBounds.Empty;

    /// <summary>Entries with smaller ids are gone; always the id of a first face, or one that was never given out.</summary>
    public required long RetentionFloor { get; init; }

    /// <summary>The highest id committed.</summary>
    public long LastId { get; init; }

    /// <summary>Grows with all that hides rows, and so allows them to be removed.</summary>
    public int VisibilityVersion { get; init; }

    public RowIndex ActiveIndex => Active.GetRows(ActiveRows);

    /// <summary>Selects the series and parts that the scope may read and the filter matches. Dispose the selection.</summary>
    public SeriesSelection Select(LogScope scope, LogFilter filter) => SeriesSelection.Create(Series.AsSpan(0, SeriesCount), scope, filter);

    /// <summary>All visible rows of a selection, in entries: the cost is that of its series and of two segments, whatever the number of rows.</summary>
    public long CountEntries(SeriesSelection selection)
    {
        long entries = 0;
        foreach (var number in selection.Numbers)
        {
            if (number < VisibleRows.Length) entries += VisibleRows[number] * selection.EntriesPerRow(number);
        }

        if (PartialRows is not null) entries += CountFrom(PartialRows, RetentionFloor, selection);
        return entries + (selection.SelectsEverything
            ? Active.CountEntries(ActiveIndex.RowAtOrAfter(RetentionFloor), ActiveRows)
            : CountFrom(ActiveIndex, RetentionFloor, selection));
    }

    /// <summary>The visible rows of each series.</summary>
    public long[] CountRowsBySeries()
    {
        var rows = new long[SeriesCount];
        VisibleRows.AsSpan(0, Math.Min(VisibleRows.Length, SeriesCount)).CopyTo(rows);
        if (PartialRows is not null) Add(PartialRows);
        Add(ActiveIndex);
        return rows;

        void Add(RowIndex index)
        {
            foreach (var series in index.Series[index.RowAtOrAfter(RetentionFloor)..]) rows[series]++;
        }
    }

    /// <summary>The group of which a segment is one end; null where it is none, or where the group is not wholly visible.</summary>
    /// <param name="segment">A sealed segment.</param>
    /// <param name="last">Whether it is the last of the group that is asked for, else the first.</param>
    public SegmentGroup? FindGroup(Segment segment, bool last)
    {
        if (Groups.Length == 0 || segment.Number % SegmentGroup.Size != (last ? SegmentGroup.Size - 1 : 0)) return null;
        var at = (segment.Number / SegmentGroup.Size) - Groups[0].Number;
        return at >= 0 && at < Groups.Length ? Groups[at] : null;
    }

    /// <summary>The view with one segment more, made of all rows of the active one, which a new one follows.</summary>
    public StoreSnapshot WithSealed(Segment segment, RowIndex rows, ActiveSegment next)
    {
        var sealedSegment = this with { Active = next, ActiveRows = 0, ActiveBounds = SegmentBounds.Empty };
        if (segment.LastId < RetentionFloor) return sealedSegment;
        var partial = segment.FirstId < RetentionFloor;
        Segment[] segments = [.. Sealed, segment];
        return sealedSegment with
        {
            Sealed = segments,
            Groups = SegmentGroup.TryComplete(segments) is { } group && group.FirstId >= RetentionFloor ? [.. Groups, group] : Groups,
            PartialRows = partial ? rows : PartialRows,
            VisibleRows = partial ? VisibleRows : AddRows(segment, 1),
        };
    }

    /// <summary>The view with a later horizon.</summary>
    /// <param name="horizon">The new horizon.</param>
    /// <param name="load">Loads the rows of the segment in which it lies.</param>
    public StoreSnapshot WithRetentionFloor(long horizon, Func<Segment, RowIndex> load)
    {
        var view = this;
        while (view.Sealed is [var oldest, ..] && oldest.FirstId < horizon)
        {
            if (view.PartialRows is null) view = view with { VisibleRows = view.AddRows(oldest, -1) };
            if (oldest.LastId >= horizon)
            {
                view = view with { PartialRows = view.PartialRows ?? load(oldest) };
                break;
            }

            view = view with { Sealed = view.Sealed[1..], PartialRows = null };
        }

        var groups = Groups.AsSpan();
        while (groups is [var first, ..] && first.FirstId < horizon) groups = groups[1..];
        return view with { RetentionFloor = horizon, Groups = [.. groups], VisibilityVersion = VisibilityVersion + 1 };
    }

    private static long CountFrom(RowIndex rows, long horizon, SeriesSelection selection)
    {
        long entries = 0;
        var faces = selection.Parts;
        foreach (var series in rows.Series[rows.RowAtOrAfter(horizon)..]) entries += SeriesSelection.CountParts(faces[series]);
        return entries;
    }

    private long[] AddRows(Segment segment, int sign)
    {
        var rows = new long[Math.Max(VisibleRows.Length, segment.Series.Length == 0 ? 0 : segment.Series[^1] + 1)];
        VisibleRows.CopyTo(rows, 0);
        segment.AddTo(rows, sign);
        return rows;
    }
}
