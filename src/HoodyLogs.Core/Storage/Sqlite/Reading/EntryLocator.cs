using HoodyLogs.Storage.Sqlite.Segments;
using HoodyLogs.Storage.Sqlite.Series;

namespace HoodyLogs.Storage.Sqlite.Reading;

/// <summary>The location of an entry: a row and one of its parts.</summary>
internal readonly record struct EntryLocation(long RowId, int Series, RecordParts Part)
{
    public long EntryId => Part == RecordParts.Second ? RowId + 1 : RowId;
}

/// <summary>Finds entries by series and id in the index, without reading rows.</summary>
internal sealed class EntryLocator(StoreReader reader, StoreSnapshot snapshot, SeriesSelection selection, IdRange range, CancellationToken cancellation)
{
    /// <summary>Returns entries from one end of the range.</summary>
    /// <param name="fromEnd">Whether to begin with the newest entry.</param>
    /// <param name="skip">The number of entries to skip first. Whole segments are skipped by their counts if possible.</param>
    /// <param name="take">The maximum number of entries.</param>
    public List<EntryLocation> Locate(bool fromEnd, long skip, int take)
    {
        var locations = new List<EntryLocation>(Math.Clamp(take, 0, 1_000));
        LocateInSegments(fromEnd, ref skip, take, locations);
        return locations;
    }

    /// <summary>Counts the entries in the range.</summary>
    public long Count()
    {
        var remaining = long.MaxValue;
        LocateInSegments(fromEnd: false, ref remaining, take: 1, []);
        return long.MaxValue - remaining;
    }

    private void LocateInSegments(bool fromEnd, ref long skip, int take, List<EntryLocation> locations)
    {
        for (var step = 0; step <= snapshot.Sealed.Length && locations.Count < take; step++)
        {
            cancellation.ThrowIfCancellationRequested();
            var segmentIndex = fromEnd ? snapshot.Sealed.Length - step : step;
            if (TrySkipGroup(segmentIndex, fromEnd, ref skip)) step += SegmentGroup.Size - 1;
            else if (GetRows(segmentIndex, ref skip) is { } rows) LocateInRows(rows, fromEnd, ref skip, take, locations);
        }
    }

    // Skips the whole group that begins at this segment if its counts allow it.
    private bool TrySkipGroup(int segmentIndex, bool fromEnd, ref long skip)
    {
        if (skip == 0 || segmentIndex == snapshot.Sealed.Length) return false;
        if (snapshot.FindGroup(snapshot.Sealed[segmentIndex], last: fromEnd) is not { } group || !range.Contains(group)) return false;
        var entries = group.CountMatches(selection).Entries;
        if (entries > skip) return false;
        skip -= entries;
        return true;
    }

    // The rows of a segment to look through. The active segment is the last one. Null if there are none, or if the whole segment was skipped.
    private RowIndex? GetRows(int segmentIndex, ref long skip)
    {
        if (segmentIndex == snapshot.Sealed.Length) return snapshot.ActiveIndex;
        var segment = snapshot.Sealed[segmentIndex];
        if (!range.Overlaps(segment)) return null;
        var counts = segment.CountMatches(selection);
        if (counts.Rows == 0) return null;
        if (!range.Contains(segment) || counts.Entries > skip) return reader.GetRows(snapshot, segment, selection, counts);
        skip -= counts.Entries;
        return null;
    }

    private void LocateInRows(RowIndex rows, bool fromEnd, ref long skip, int take, List<EntryLocation> locations)
    {
        var first = rows.RowAtOrAfter(range.First - 1); // the second entry of this row can be in the range
        var last = rows.RowAtOrAfter(range.Last + 1) - 1;
        var parts = selection.Parts;
        for (var (row, left) = (fromEnd ? last : first, last - first + 1); left > 0 && locations.Count < take; row += fromEnd ? -1 : 1, left--)
        {
            var series = rows.SeriesAt(row);
            var wanted = (RecordParts)parts[series];
            if (row == first || row == last) wanted = range.Restrict(rows.IdAt(row), wanted);
            var weight = SeriesSelection.CountParts((int)wanted);
            if (weight <= skip) skip -= weight;
            else AddLocations(rows.IdAt(row), series, wanted, fromEnd, ref skip, take, locations);
        }
    }

    private static void AddLocations(long rowId, int series, RecordParts wanted, bool fromEnd, ref long skip, int take, List<EntryLocation> locations)
    {
        for (var half = 0; half < 2; half++)
        {
            var part = (half == 1) == fromEnd ? RecordParts.First : RecordParts.Second;
            if ((wanted & part) == 0 || locations.Count == take) continue;
            if (skip > 0) skip--;
            else locations.Add(new EntryLocation(rowId, series, part));
        }
    }
}
