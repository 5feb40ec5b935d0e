namespace HoodyLogs.Benchmarks;

/// <summary>Collects measurements of one value and reports their median.</summary>
internal static class Samples
{
    public static double Median(IEnumerable<double> values) => Percentile(values, 0.5);

    /// <summary>The standard error of the median, computed from the quartiles, so that single outliers have little weight.</summary>
    public static double ErrorOfMedian(double[] values)
    {
        const double QuartilesOfNormal = 1.349;
        const double MedianToMean = 1.253;
        return (Percentile(values, 0.75) - Percentile(values, 0.25)) / QuartilesOfNormal * MedianToMean / Math.Sqrt(values.Length);
    }

    public static double Percentile(IEnumerable<double> values, double share)
    {
        var sorted = values.Order().ToArray();
        return sorted.Length == 0 ? double.NaN : sorted[(int)Math.Min(sorted.Length - 1, Math.Floor(share * sorted.Length))];
    }
}
