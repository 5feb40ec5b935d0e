namespace HoodyLogs.Storage.Sqlite.Series;

/// <summary>The number of rows of each series in a range of consecutive rows. Immutable.</summary>
/// <param name="Series">The numbers of the series with rows in the range, ascending.</param>
/// <param name="Starts">For each series, the number of rows of the series before it. One more element has the number of all rows.</param>
internal abstract record PostingCounts(int[] Series, int[] Starts)
{
    public int Rows => Starts[^1];

    public int RowsAt(int ordinal) => Starts[ordinal + 1] - Starts[ordinal];

    /// <summary>Adds the counts to an array of rows by series number. A sign of -1 subtracts them.</summary>
    public void AddTo(long[] rows, int sign)
    {
        for (var ordinal = 0; ordinal < Series.Length; ordinal++) rows[Series[ordinal]] += sign * RowsAt(ordinal);
    }

    /// <summary>Counts the rows and entries of a selection in this range.</summary>
    public MatchCounts CountMatches(SeriesSelection selection)
    {
        var counts = default(MatchCounts);

        // Few selected series are looked up, instead of iterating over thousands of others.
        if (selection.Numbers.Length * 16L < Series.Length)
        {
            foreach (var number in selection.Numbers)
            {
                var ordinal = Array.BinarySearch(Series, number);
                if (ordinal >= 0) counts = counts.Plus(RowsAt(ordinal), selection.EntriesPerRow(number));
            }

            return counts;
        }

        for (var ordinal = 0; ordinal < Series.Length; ordinal++)
        {
            var weight = selection.EntriesPerRow(Series[ordinal]);
            if (weight > 0) counts = counts.Plus(RowsAt(ordinal), weight);
        }

        return counts;
    }
}

/// <summary>The counts of a selection in a range of rows.</summary>
/// <param name="Series">The number of selected series with rows in the range.</param>
/// <param name="Rows">The number of rows of these series.</param>
/// <param name="Entries">The number of selected entries of these rows.</param>
internal readonly record struct MatchCounts(int Series, int Rows, long Entries)
{
    public MatchCounts Plus(int rows, int weight) => new(Series + 1, Rows + rows, Entries + ((long)rows * weight));
}
