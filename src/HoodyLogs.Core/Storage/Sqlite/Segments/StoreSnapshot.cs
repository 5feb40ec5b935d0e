using HoodyLogs.Storage.Sqlite.Series;

namespace HoodyLogs.Storage.Sqlite.Segments;

/// <summary>
/// An immutable view of the store. The writer publishes a new snapshot after each commit, and each read uses one. Snapshots share arrays. Values below
/// the counts of a snapshot never change.
/// </summary>
internal sealed record StoreSnapshot
{
    /// <summary>The series by number. Null for a series that is deleted or removed.</summary>
    public required LogSeries?[] Series { get; init; }

    public required int SeriesCount { get; init; }

    /// <summary>The sealed segments with visible rows, oldest first.</summary>
    public required Segment[] Sealed { get; init; }

    /// <summary>The complete groups of fully visible segments, oldest first.</summary>
    public required SegmentGroup[] Groups { get; init; }

    /// <summary>The rows of the oldest sealed segment if the retention floor is in it. Otherwise null.</summary>
    public RowIndex? PartialRows { get; init; }

    /// <summary>The number of rows of each series in all fully visible sealed segments, by series number. Can be shorter than the series.</summary>
    public required long[] VisibleRows { get; init; }

    public required ActiveSegment Active { get; init; }

    public int ActiveRows { get; init; }

    public SegmentBounds ActiveBounds { get; init; } = SegmentBounds.Empty;

    /// <summary>The lowest visible id. It is the first id of a row, or an id that was never assigned.</summary>
    public required long RetentionFloor { get; init; }

    /// <summary>The highest committed id.</summary>
    public long LastId { get; init; }

    /// <summary>Changes whenever rows become invisible. Only then may rows be removed.</summary>
    public int VisibilityVersion { get; init; }

    public RowIndex ActiveIndex => Active.GetRows(ActiveRows);

    /// <summary>Selects the series and parts that the scope may read and the filter matches. Dispose the selection.</summary>
    public SeriesSelection Select(LogScope scope, LogFilter filter) => SeriesSelection.Create(Series.AsSpan(0, SeriesCount), scope, filter);

    /// <summary>Counts the visible entries of a selection. The cost depends on the number of series and on two segments, not on the number of rows.</summary>
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

    /// <summary>Counts the visible rows of each series.</summary>
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

    /// <summary>Returns the group that begins or ends with a segment. Null if there is none, or if it is not fully visible.</summary>
    /// <param name="segment">A sealed segment.</param>
    /// <param name="last">Whether the segment is the last of the group. Otherwise it is the first.</param>
    public SegmentGroup? FindGroup(Segment segment, bool last)
    {
        if (Groups.Length == 0 || segment.Number % SegmentGroup.Size != (last ? SegmentGroup.Size - 1 : 0)) return null;
        var at = (segment.Number / SegmentGroup.Size) - Groups[0].Number;
        return at >= 0 && at < Groups.Length ? Groups[at] : null;
    }

    /// <summary>Returns a snapshot in which the active segment is sealed and a new one is active.</summary>
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

    /// <summary>Returns a snapshot with a higher retention floor.</summary>
    /// <param name="retentionFloor">The new retention floor.</param>
    /// <param name="load">Loads the rows of the segment that contains the retention floor.</param>
    public StoreSnapshot WithRetentionFloor(long retentionFloor, Func<Segment, RowIndex> load)
    {
        var snapshot = this;
        while (snapshot.Sealed is [var oldest, ..] && oldest.FirstId < retentionFloor)
        {
            if (snapshot.PartialRows is null) snapshot = snapshot with { VisibleRows = snapshot.AddRows(oldest, -1) };
            if (oldest.LastId >= retentionFloor)
            {
                snapshot = snapshot with { PartialRows = snapshot.PartialRows ?? load(oldest) };
                break;
            }

            snapshot = snapshot with { Sealed = snapshot.Sealed[1..], PartialRows = null };
        }

        var groups = Groups.AsSpan();
        while (groups is [var first, ..] && first.FirstId < retentionFloor) groups = groups[1..];
        return snapshot with { RetentionFloor = retentionFloor, Groups = [.. groups], VisibilityVersion = VisibilityVersion + 1 };
    }

    private static long CountFrom(RowIndex rows, long retentionFloor, SeriesSelection selection)
    {
        long entries = 0;
        var parts = selection.Parts;
        foreach (var series in rows.Series[rows.RowAtOrAfter(retentionFloor)..]) entries += SeriesSelection.CountParts(parts[series]);
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
