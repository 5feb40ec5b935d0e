using HoodyLogs.Storage.Sqlite.Series;

namespace HoodyLogs.Storage.Sqlite.Segments;

/// <summary>The counts of some consecutive segments added up, so that a deep offset passes over all of them at the cost of one. Immutable.</summary>
/// <param name="Number">Grows by one with each group: that of its segments, divided by <see cref="Size"/>.</param>
/// <param name="FirstId">The id of the first row.</param>
/// <param name="LastId">The id of the last face of the last row.</param>
/// <param name="Series">The numbers of the series that have rows here, ascending.</param>
/// <param name="Starts">How many rows the series before each of these have, and, one more, how many all have.</param>
internal sealed record SegmentGroup(int Number, long FirstId, long LastId, int[] Series, int[] Starts) : PostingCounts(Series, Starts)
{
    /// <summary>So many segments are a group: about the root of their number at ten million rows.</summary>
    public const int Size = 8;

    /// <summary>The group that the last of these segments completes; null where it completes none.</summary>
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
            starts[ordinal + 1] = starts[ordinal++] + (int)rows[number]; // eight segments at most
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
