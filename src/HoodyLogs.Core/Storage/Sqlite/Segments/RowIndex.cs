namespace HoodyLogs.Storage.Sqlite.Segments;

/// <summary>
/// The ids and series of all or some rows of a segment, ordered by id. The arrays can be longer than the count. Values below the count never change.
/// </summary>
internal sealed class RowIndex(long firstId, uint[] offsets, int[] series, int count)
{
    public int Count { get; } = count;

    public ReadOnlySpan<uint> Offsets => offsets.AsSpan(0, Count);

    public ReadOnlySpan<int> Series => series.AsSpan(0, Count);

    public long FirstId { get; } = firstId;

    public int SeriesAt(int row) => series[row];

    public long IdAt(int row) => FirstId + offsets[row];

    /// <summary>Returns the first row with this id or a higher one. Returns the count if there is none.</summary>
    public int RowAtOrAfter(long id)
    {
        if (id <= FirstId) return 0;
        if (id - FirstId > uint.MaxValue) return Count;
        var found = Offsets.BinarySearch((uint)(id - FirstId));
        return found >= 0 ? found : ~found;
    }
}
