using HoodyLogs.Storage.Sqlite.Series;

namespace HoodyLogs.Storage.Sqlite.Segments;

/// <summary>The summed counts of consecutive segments. A deep offset skips a group at the cost of one segment. Immutable.</summary>
/// <param name="Number">The number of the group: the number of each of its segments divided by <see cref="Size"/>.</param>
/// <param name="FirstId">The id of the first row.</param>
/// <param name="LastId">The id of the last entry of the last row.</param>
/// <param name="Series">The numbers of the series with rows in the group, ascending.</param>
/// <param name="Starts">For each series, the number of rows of the series before it. One more element has the number of all rows.</param>
internal sealed record SegmentGroup(int Number, long FirstId, long LastId, int[] Series, int[] Starts) : PostingCounts(Series, Starts)
{
    /// <summary>The number of segments in a group. About the square root of the number of segments of ten million rows.</summary>
    public const int Size = 8;

    /// <summary>Returns the group that the last of these segments completes. Null if it completes none.</summary>
    public static SegmentGroup? TryComplete(ReadOnlySpan<Segment> segments)
    {
        if (segments.Length < Size || segments[^1].Number % Size != Size - 1) return null;
        var run = segments[^Size..];
        return run[^1].Number - run[0].Number == Size - 1 ? Sum(run) : null;
    }

    private static SegmentGroup Sum(ReadOnlySpan<Segment> run)
    {
        var rows = new long[SeriesCount(run)];
        foreach (var segment in run) segment.AddTo(rows, 1);
        var distinct = rows.Length - rows.AsSpan().Count(0L);
        var (series, starts) = (new int[distinct], new int[distinct + 1]);
        for (int number = 0, ordinal = 0; number < rows.Length; number++)
        {
            if (rows[number] == 0) continue;
            series[ordinal] = number;
            starts[ordinal + 1] = starts[ordinal++] + (int)rows[number]; // fits an int: at most eight segments
        }

        return new SegmentGroup(run[0].Number / Size, run[0].FirstId, run[^1].LastId, series, starts);
    }

    private static int SeriesCount(ReadOnlySpan<Segment> run)
    {
        var count = 0;
        foreach (var segment in run) count = Math.Max(count, segment.Series.Length == 0 ? 0 : segment.Series[^1] + 1);
        return count;
    }
}
