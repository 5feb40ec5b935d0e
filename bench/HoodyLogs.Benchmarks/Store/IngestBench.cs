using System.Diagnostics;
using System.Text;
using HoodyLogs.Benchmarks.Baselines;
using HoodyLogs.Benchmarks.Proxy;

namespace HoodyLogs.Benchmarks.Store;

/// <summary>
/// <c>ingest [--rows 1000000] [--rounds 3] [--cases raw,hoodylogs,plain,efcore]</c>: entries per second from the sink (or the append call) to the commit,
/// with all indexes. Cases alternate within a round. Reports medians over the rounds. Creating the records is not measured. The case
/// <c>hoodylogs-bodies</c> adds 4 KiB of JSON in both directions.
/// </summary>
internal static class IngestBench
{
    private const int Batch = 2_048;
    private const int Chunk = 65_536;

    public static async Task RunAsync(BenchArguments arguments)
    {
        var rows = arguments.Number("rows", 1_000_000);
        var rounds = (int)arguments.Number("rounds", 3);
        var cases = arguments.Text("cases", rows > 1_000_000 ? "raw,hoodylogs,plain" : "raw,hoodylogs,plain,efcore")!.Split(',');
        var results = cases.ToDictionary(name => name, _ => new List<Measured>());
        for (var round = 0; round < rounds; round++)
        {
            foreach (var name in cases)
            {
                var measured = await MeasureAsync(name, rows);
                results[name].Add(measured);
                BenchOutput.Note($"round {round + 1}: {name} {measured.PerSecond:N0} entries/s");
            }
        }

        foreach (var name in cases) Report(name, rows, results[name]);
        foreach (var (name, other) in new[] { ("hoodylogs", "raw"), ("hoodylogs", "plain"), ("hoodylogs", "efcore"), ("hoodylogs-bodies", "hoodylogs") })
        {
            if (!cases.Contains(name) || !cases.Contains(other)) continue;
            var ratio = Samples.Median(results[name].Zip(results[other], (a, b) => a.PerSecond / b.PerSecond));
            BenchOutput.Line("ingest", name, ("rows", rows), ("entriesPerSecond", Math.Round(Samples.Median(results[name].Select(m => m.PerSecond)))), ("ratio", Math.Round(ratio, 2)), ("to", other));
        }
    }

    private static void Report(string name, long rows, List<Measured> measured) => BenchOutput.Line(
        "ingest",
        name,
        ("rows", rows),
        ("entriesPerSecond", Math.Round(Samples.Median(measured.Select(m => m.PerSecond)))),
        ("cpuMicrosPerEntry", Math.Round(Samples.Median(measured.Select(m => m.CpuMicros)), 2)),
        ("allocatedBytesPerEntry", Math.Round(Samples.Median(measured.Select(m => m.Allocated)), 1)),
        ("fileBytesPerEntry", Math.Round(Samples.Median(measured.Select(m => m.FileBytes)), 1)),
        ("residentMiB", Math.Round(Samples.Median(measured.Select(m => m.ResidentMiB)))));

    private static async Task<Measured> MeasureAsync(string name, long entries)
    {
        var folder = Directory.CreateTempSubdirectory("hoodylogs-bench-").FullName;
        try
        {
            var path = Path.Combine(folder, "logs.db");
            return name switch
            {
                "raw" => await WithAsync(new RawInserts(path), (store, records) => InBatches(records, store.Append), entries, path),
                "plain" => await WithAsync(new PlainStore(path), (store, records) => InBatches(records, store.Append), entries, path),
                "hoodylogs-bodies" => await HoodyAsync(entries, path, withBodies: true),
                "efcore" => await WithAsync(new EfCoreStore(path), (store, records) => InBatches(records, store.Append), entries, path),
                _ => await HoodyAsync(entries, path),
            };
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<Measured> HoodyAsync(long entries, string path, bool withBodies = false)
    {
        await using var host = await HoodyHost.StartAsync(path);
        if (!withBodies) return await TimedAsync(host.AppendAsync, entries, path);
        var body = new CapturedBody(Encoding.UTF8.GetBytes(ProxyUpstream.Payload(secret: false)), IsText: true);
        return await TimedAsync(records => host.AppendAsync(Array.ConvertAll(records, record => record.WithBodies(body, body))), entries, path);
    }

    private static async Task<Measured> WithAsync<T>(T store, Action<T, LogRecord[]> append, long entries, string path)
        where T : IDisposable
    {
        using (store)
        {
            return await TimedAsync(
                records =>
                {
                    append(store, records);
                    return Task.CompletedTask;
                },
                entries,
                path);
        }
    }

    private delegate void AppendBatch(ReadOnlySpan<LogRecord> batch);

    private static void InBatches(LogRecord[] records, AppendBatch append)
    {
        for (var i = 0; i < records.Length; i += Batch) append(records.AsSpan(i, Math.Min(Batch, records.Length - i)));
    }

    private static async Task<Measured> TimedAsync(Func<LogRecord[], Task> append, long entries, string path)
    {
        var workload = new Workload();
        var process = Process.GetCurrentProcess();
        var (elapsed, cpu, allocated, resident) = (TimeSpan.Zero, TimeSpan.Zero, 0L, 0L);
        for (long left = entries / 2; left > 0; left -= Chunk)
        {
            var records = workload.Next((int)Math.Min(Chunk, left));
            var allocatedBefore = GC.GetTotalAllocatedBytes(precise: true);
            process.Refresh();
            var cpuBefore = process.TotalProcessorTime;
            var start = Stopwatch.GetTimestamp();
            await append(records);
            elapsed += Stopwatch.GetElapsedTime(start);
            process.Refresh();
            cpu += process.TotalProcessorTime - cpuBefore;
            allocated += GC.GetTotalAllocatedBytes(precise: true) - allocatedBefore;
            resident = Math.Max(resident, process.WorkingSet64);
        }

        var bytes = Directory.GetFiles(Path.GetDirectoryName(path)!).Where(file => !file.EndsWith("-wal", StringComparison.Ordinal)).Sum(file => new FileInfo(file).Length);
        return new Measured(entries / elapsed.TotalSeconds, cpu.TotalMicroseconds / entries, (double)allocated / entries, (double)bytes / entries, resident / 1048576.0);
    }

    private sealed record Measured(double PerSecond, double CpuMicros, double Allocated, double FileBytes, double ResidentMiB);
}
