using HoodyLogs.Storage.Sqlite.Records;

namespace HoodyLogs.Storage.Sqlite.Segments;

/// <summary>
/// The newest rows in memory, as columns ordered by id. One writer adds rows. It publishes their number in <see cref="StoreSnapshot.ActiveRows"/> after
/// the commit. Readers do not look beyond that number. After a failed transaction, the writer overwrites the rows that were not committed.
/// </summary>
internal sealed class ActiveSegment(int number)
{
    private uint[] _offsets = new uint[1024];
    private int[] _series = new int[1024];
    private uint[] _traceHashes = new uint[1024];
    private int[] _entriesUpTo = new int[1024];

    public int Number { get; } = number;

    /// <summary>The id of the first row.</summary>
    public long FirstId { get; private set; }

    public void Add(int row, in IndexedRow added)
    {
        if (row == 0) FirstId = added.Id;
        if (row == _offsets.Length) Grow();
        _offsets[row] = (uint)(added.Id - FirstId);
        _series[row] = added.Series;
        _traceHashes[row] = added.TraceHash;
        _entriesUpTo[row] = (row == 0 ? 0 : _entriesUpTo[row - 1]) + (int)(added.LastId - added.Id + 1);
    }

    public RowIndex GetRows(int count) => new(FirstId, _offsets, _series, count);

    /// <summary>Returns the number of entries of the rows in a range.</summary>
    public int CountEntries(int firstRow, int rows) =>
        firstRow >= rows ? 0 : _entriesUpTo[rows - 1] - (firstRow == 0 ? 0 : _entriesUpTo[firstRow - 1]);

    public ReadOnlySpan<uint> GetTraceHashes(int count) => _traceHashes.AsSpan(0, count);

    // Readers keep the old arrays. These contain all rows that those readers can see.
    private void Grow()
    {
        Array.Resize(ref _series, _series.Length * 2);
        Array.Resize(ref _traceHashes, _traceHashes.Length * 2);
        Array.Resize(ref _entriesUpTo, _entriesUpTo.Length * 2);
        Array.Resize(ref _offsets, _offsets.Length * 2);
    }
}

/// <summary>The bounds of all rows of a segment.</summary>
internal readonly record struct SegmentBounds(long LastId, long MinTsMs, long MaxTsMs, long MaxIngestedUs)
{
    public static SegmentBounds Empty { get; } = new(0, long.MaxValue, long.MinValue, 0);

    public SegmentBounds With(in IndexedRow row) => new(
        row.LastId, Math.Min(MinTsMs, row.MinTsMs), Math.Max(MaxTsMs, row.MaxTsMs), row.IngestedUs);
}
