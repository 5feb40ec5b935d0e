namespace HoodyLogs.Storage.Sqlite.Series;

/// <summary>How many rows each series has in a stretch of consecutive rows. Immutable.</summary>
/// <param name="Series">The numbers of the series that have rows here, ascending.</param>
/// <param name="Starts">How many rows the series before each of these have, and, one more, how many all have.</param>
internal abstract record PostingCounts(int[] Series, int[] Starts)
{
    public int Rows => Starts[^1];

    public int RowsAt(int ordinal) => Starts[ordinal + 1] - Starts[ordinal];

    /// <summary>Adds them to rows by series number, or takes them away.</summary>
    public void AddTo(long[] rows, int sign)
    {
        for (var ordinal = 0; ordinal < Series.Length; ordinal++) rows[Series[ordinal]] += sign * RowsAt(ordinal);
    }

    /// <summary>How much of what is selected lies in this stretch.</summary>
    public MatchCounts CountMatches(SeriesSelection selection)
    {
        var share = default(MatchCounts);

        // Looking up a few wanted series beats walking over thousands that are not.
        if (selection.Numbers.Length * 16L < Series.Length)
        {
            foreach (var number in selection.Numbers)
            {
                var ordinal = Array.BinarySearch(Series, number);
                if (ordinal >= 0) share = share.Plus(RowsAt(ordinal), selection.EntriesPerRow(number));
            }

            return share;
        }

        for (var ordinal = 0; ordinal < Series.Length; ordinal++)
        {
            var weight = selection.EntriesPerRow(Series[ordinal]);
            if (weight > 0) share = share.Plus(RowsAt(ordinal), weight);
        }

        return share;
    }
}

/// <summary>What a selection has in a stretch.</summary>
/// <param name="Series">How many of its series have rows there.</param>
/// <param name="Rows">How many rows.</param>
/// <param name="Entries">How many entries these are worth to the selection.</param>
internal readonly record struct MatchCounts(int Series, int Rows, long Entries)
{
    public MatchCounts Plus(int rows, int weight) => new(Series + 1, Rows + rows, Entries + ((long)rows * weight));
}
