namespace HoodyLogs.Storage.Sqlite.Segments;

/// <summary>Ids and series of a segment's rows (or of some of them), in the order of the ids. The arrays may be longer and are never written below the count.</summary>
internal sealed class RowIndex(long firstId, uint[] offsets, int[] series, int count)
{
    public int Count { get; } = count;

    public ReadOnlySpan<uint> Offsets => offsets.AsSpan(0, Count);

    public ReadOnlySpan<int> Series => series.AsSpan(0, Count);

    public long FirstId { get; } = firstId;

    public int SeriesAt(int row) => series[row];

    public long IdAt(int row) => FirstId + offsets[row];

    /// <summary>The first row whose id is not below the given one; the count where there is none.</summary>
    public int RowAtOrAfter(long id)
    {
        if (id <= FirstId) return 0;
        if (id - FirstId > uint.MaxValue) return Count;
        var found = Offsets.BinarySearch((uint)(id - FirstId));
        return found >= 0 ? found : ~found;
    }
}
