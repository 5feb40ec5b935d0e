using HoodyLogs.Storage.Sqlite.Records;

namespace HoodyLogs.Storage.Sqlite.Segments;

/// <summary>
/// The newest rows, in the order of their ids, as columns in memory. One writer adds at a position of its own and publishes it, as
/// <see cref="StoreSnapshot.ActiveRows"/>, once the rows are committed: what lies beyond is not there for anybody, and is simply written over after a
/// failed transaction.
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

    /// <summary>How many entries these rows are worth together, of whatever series they are.</summary>
    public int CountEntries(int firstRow, int rows) =>
        firstRow >= rows ? 0 : _entriesUpTo[rows - 1] - (firstRow == 0 ? 0 : _entriesUpTo[firstRow - 1]);

    public ReadOnlySpan<uint> GetTraceHashes(int count) => _traceHashes.AsSpan(0, count);

    // Readers that have taken the shorter arrays go on with them: they hold all that these readers may see.
    private void Grow()
    {
        Array.Resize(ref _series, _series.Length * 2);
        Array.Resize(ref _traceHashes, _traceHashes.Length * 2);
        Array.Resize(ref _entriesUpTo, _entriesUpTo.Length * 2);
        Array.Resize(ref _offsets, _offsets.Length * 2);
    }
}

/// <summary>What is known of all rows of a segment together.</summary>
internal readonly record struct SegmentBounds(long LastId, long MinTsMs, long MaxTsMs, long MaxIngestedUs)
{
    public static SegmentBounds Empty { get; } = new(0, long.MaxValue, long.MinValue, 0);

    public SegmentBounds With(in IndexedRow row) => new(
        row.LastId, Math.Min(MinTsMs, row.MinTsMs), Math.Max(MaxTsMs, row.MaxTsMs), row.IngestedUs);
}
