namespace HoodyLogs.Storage.Sqlite;

/// <summary>
/// What is held in memory of a sealed segment, a stretch of consecutive rows: how many rows each series has in it, and where its index begins to
/// look. Immutable. Rows that were removed since are still counted here; their series or the horizon hides them.
/// </summary>
/// <param name="Number">Grows by one with each segment.</param>
/// <param name="FirstId">The id of the first row.</param>
/// <param name="LastId">The id of the last face of the last row.</param>
/// <param name="MinTsMs">The earliest entry time.</param>
/// <param name="MaxTsMs">The latest entry time.</param>
/// <param name="MaxIngestedUs">The ingestion time of the last row.</param>
/// <param name="Series">The numbers of the series that have rows here, ascending.</param>
/// <param name="Starts">Where the rows of each of these series begin in the index, and, one more, where they end.</param>
/// <param name="TraceStarts">The first hash in each chunk of the trace index.</param>
internal sealed record Segment(
    int Number, long FirstId, long LastId, long MinTsMs, long MaxTsMs, long MaxIngestedUs, int[] Series, int[] Starts, uint[] TraceStarts)
{
    public int Rows => Starts[^1];

    public int RowsOf(int ordinal) => Starts[ordinal + 1] - Starts[ordinal];

    /// <summary>How much of what is selected lies in this segment.</summary>
    public SegmentShare Share(SeriesSelection selection)
    {
        var share = default(SegmentShare);

        // Looking up a few wanted series beats walking over thousands that are not.
        if (selection.Numbers.Length * 16L < Series.Length)
        {
            foreach (var number in selection.Numbers)
            {
                var ordinal = Array.BinarySearch(Series, number);
                if (ordinal >= 0) share = share.With(RowsOf(ordinal), selection.WeightOf(number));
            }

            return share;
        }

        for (var ordinal = 0; ordinal < Series.Length; ordinal++)
        {
            var weight = selection.WeightOf(Series[ordinal]);
            if (weight > 0) share = share.With(RowsOf(ordinal), weight);
        }

        return share;
    }
}

/// <summary>What a selection has in a segment.</summary>
/// <param name="Series">How many of its series have rows there.</param>
/// <param name="Rows">How many rows.</param>
/// <param name="Entries">How many entries these are worth to the selection.</param>
internal readonly record struct SegmentShare(int Series, int Rows, long Entries)
{
    public SegmentShare With(int rows, int weight) => new(Series + 1, Rows + rows, Entries + ((long)rows * weight));
}
