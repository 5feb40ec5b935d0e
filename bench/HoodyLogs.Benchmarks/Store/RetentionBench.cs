using System.Diagnostics;

namespace HoodyLogs.Benchmarks.Store;

/// <summary>
/// <c>retention [--rows 1000000] [--rate 20000]</c>: stores twice the number of rows, then removes the older half while it appends at the given rate per
/// second. Reports the longest time from writing 1/100 of a second's entries to their commit, and the file size before and after.
/// </summary>
internal static class RetentionBench
{
    public static async Task RunAsync(BenchArguments arguments)
    {
        var rows = arguments.Number("rows", 1_000_000);
        var rate = (int)arguments.Number("rate", 20_000);
        var folder = Directory.CreateTempSubdirectory("hoodylogs-bench-").FullName;
        try
        {
            var path = Path.Combine(folder, "logs.db");
            await using var host = await HoodyHost.StartAsync(path, retention => retention.MaxEntries = 2 * rows);
            var workload = new Workload();
            for (var left = rows; left > 0; left -= 65_536) await host.AppendAsync(workload.Next((int)Math.Min(65_536, left)));
            var quiet = await AppendAtRateAsync(host, workload, rate, seconds: 3);
            var before = FileBytes(path);
            host.Retention.MaxEntries = rows;
            var dropping = await AppendAtRateAsync(host, workload, rate, seconds: 10);
            BenchOutput.Line(
                "retention",
                "hoodylogs",
                ("rows", rows),
                ("entriesPerSecond", rate),
                ("longestStallMsQuiet", Math.Round(quiet.Max(), 1)),
                ("longestStallMs", Math.Round(dropping.Max(), 1)),
                ("p99StallMs", Math.Round(Samples.Percentile(dropping, 0.99), 1)),
                ("fileMiBBefore", before >> 20),
                ("fileMiBAfter", FileBytes(path) >> 20));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static long FileBytes(string path) => new[] { path, path + "-wal" }.Where(File.Exists).Sum(file => new FileInfo(file).Length);

    private static async Task<List<double>> AppendAtRateAsync(HoodyHost host, Workload workload, int rate, int seconds)
    {
        var waits = new List<double>();
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(10), TimeProvider.System);
        var perTick = rate / 100 / 2;
        for (var i = 0; i < seconds * 100; i++)
        {
            var records = workload.Next(perTick);
            var start = Stopwatch.GetTimestamp();
            await host.AppendAsync(records);
            waits.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            await tick.WaitForNextTickAsync();
        }

        return waits;
    }
}
