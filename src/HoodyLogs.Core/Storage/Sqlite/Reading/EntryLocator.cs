using HoodyLogs.Storage.Sqlite.Segments;
using HoodyLogs.Storage.Sqlite.Series;

namespace HoodyLogs.Storage.Sqlite.Reading;

/// <summary>One face of one row.</summary>
internal readonly record struct EntryLocation(long RowId, int Series, RecordParts Part)
{
    public long EntryId => Part == RecordParts.Second ? RowId + 1 : RowId;
}

/// <summary>Chooses entries by their series and ids alone, in the index, before any row is read.</summary>
internal sealed class EntryLocator(StoreReader reader, StoreSnapshot view, SeriesSelection selection, IdRange range, CancellationToken cancellation)
{
    /// <summary>The entries from one end of the range, in the order in which they are met.</summary>
    /// <param name="fromEnd">Whether from the newest.</param>
    /// <param name="skip">How many to pass over first; by whole segments, where their counts allow it.</param>
    /// <param name="take">How many at most.</param>
    public List<EntryLocation> Locate(bool fromEnd, long skip, int take)
    {
        var picks = new List<EntryLocation>(Math.Clamp(take, 0, 1_000));
        LocateInSegments(fromEnd, ref skip, take, picks);
        return picks;
    }

    /// <summary>How many entries there are in the range.</summary>
    public long Count()
    {
        var passed = long.MaxValue;
        LocateInSegments(fromEnd: false, ref passed, take: 1, []);
        return long.MaxValue - passed;
    }

    private void LocateInSegments(bool fromEnd, ref long skip, int take, List<EntryLocation> picks)
    {
        for (var step = 0; step <= view.Sealed.Length && picks.Count < take; step++)
        {
            cancellation.ThrowIfCancellationRequested();
            var stretch = fromEnd ? view.Sealed.Length - step : step;
            if (TrySkipGroup(stretch, fromEnd, ref skip)) step += SegmentGroup.Size - 1;
            else if (GetRows(stretch, ref skip) is { } rows) LocateInRows(rows, fromEnd, ref skip, take, picks);
        }
    }

    // Whether all of the group that begins here is passed over.
    private bool TrySkipGroup(int stretch, bool fromEnd, ref long skip)
    {
        if (skip == 0 || stretch == view.Sealed.Length) return false;
        if (view.FindGroup(view.Sealed[stretch], last: fromEnd) is not { } group || !range.Contains(group)) return false;
        var entries = group.CountMatches(selection).Entries;
        if (entries > skip) return false;
        skip -= entries;
        return true;
    }

    // The rows to look through in the n-th segment, the active one being the last; null where there are none, or where all are passed over.
    private RowIndex? GetRows(int stretch, ref long skip)
    {
        if (stretch == view.Sealed.Length) return view.ActiveIndex;
        var segment = view.Sealed[stretch];
        if (!range.Overlaps(segment)) return null;
        var share = segment.CountMatches(selection);
        if (share.Rows == 0) return null;
        if (!range.Contains(segment) || share.Entries > skip) return reader.GetRows(view, segment, selection, share);
        skip -= share.Entries;
        return null;
    }

    private void LocateInRows(RowIndex rows, bool fromEnd, ref long skip, int take, List<EntryLocation> picks)
    {
        var first = rows.RowAtOrAfter(range.First - 1); // whose second face may be the first in the range
        var last = rows.RowAtOrAfter(range.Last + 1) - 1;
        var faces = selection.Parts;
        for (var (row, left) = (fromEnd ? last : first, last - first + 1); left > 0 && picks.Count < take; row += fromEnd ? -1 : 1, left--)
        {
            var series = rows.SeriesAt(row);
            var wanted = (RecordParts)faces[series];
            if (row == first || row == last) wanted = range.Restrict(rows.IdAt(row), wanted);
            var weight = SeriesSelection.CountParts((int)wanted);
            if (weight <= skip) skip -= weight;
            else AddLocations(rows.IdAt(row), series, wanted, fromEnd, ref skip, take, picks);
        }
    }

    private static void AddLocations(long rowId, int series, RecordParts wanted, bool fromEnd, ref long skip, int take, List<EntryLocation> picks)
    {
        for (var half = 0; half < 2; half++)
        {
            var face = (half == 1) == fromEnd ? RecordParts.First : RecordParts.Second;
            if ((wanted & face) == 0 || picks.Count == take) continue;
            if (skip > 0) skip--;
            else picks.Add(new EntryLocation(rowId, series, face));
        }
    }
}
