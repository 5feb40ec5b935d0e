using System.Diagnostics;
using HoodyLogs.Benchmarks.Baselines;
using HoodyLogs.Benchmarks.Store;

namespace HoodyLogs.Benchmarks.Endpoints;

/// <summary>
/// <c>list [--rows 1000000] [--rounds 3] [--seconds 4] [--connections 4] [--only memory,hoodylogs,plain]</c>: pages of 200 over Kestrel, compared with a
/// handler that returns the same bytes from memory and with a typical handler. Then: the allocation per response by number of rows, and the memory of a
/// fan-out page of 100,000. The client runs in its own process on the same machine.
/// </summary>
internal static class ListBench
{
    private const string Query = "limit=200";
    private static readonly (string Name, string Path)[] Cases =
        [("memory", "/memory"), ("hoodylogs", $"{ListServer.List}?{Query}"), ("plain", $"/plain?{Query}")];

    public static async Task RunAsync(BenchArguments arguments)
    {
        var rows = arguments.Number("rows", 1_000_000);
        var folder = Directory.CreateTempSubdirectory("hoodylogs-bench-").FullName;
        var (database, plain) = (Path.Combine(folder, "hoodylogs.db"), Path.Combine(folder, "plain.db"));
        try
        {
            await FillAsync(database, plain, rows);
            await using (var server = await ListServer.StartAsync(database, plain, fanout: false))
            await using (var load = await LoadProcess.StartAsync(server.Port))
            {
                await server.RememberAsync(Query);
                await CompareAsync(load, rows, arguments);
                await AllocationsAsync(load);
            }

            await FanoutAsync(database);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task FillAsync(string database, string plain, long rows)
    {
        const int Batch = 65_536;
        await using var host = await HoodyHost.StartAsync(database);
        using var store = new PlainStore(plain);
        var workload = new Workload();
        for (var left = rows / 2; left > 0; left -= Batch)
        {
            var records = workload.Next((int)Math.Min(Batch, left));
            for (var i = 0; i < records.Length; i += 2_048) store.Append(records.AsSpan(i, Math.Min(2_048, records.Length - i)));
            await host.AppendAsync(records);
        }
    }

    private static async Task CompareAsync(LoadProcess load, long rows, BenchArguments arguments)
    {
        var (rounds, connections) = ((int)arguments.Number("rounds", 3), (int)arguments.Number("connections", 4));
        var milliseconds = (int)arguments.Number("seconds", 4) * 1000;
        var only = arguments.Text("only", "memory,hoodylogs,plain")!.Split(',');
        var cases = Cases.Where(one => only.Contains(one.Name)).ToArray();
        var measured = cases.ToDictionary(one => one.Name, _ => new List<(LoadRun Run, double Cpu)>());
        foreach (var (_, path) in cases) await load.AskAsync(path, connections, milliseconds / 2);
        for (var round = 0; round < rounds; round++)
        {
            foreach (var (name, path) in cases)
            {
                var cpu = Process.GetCurrentProcess().TotalProcessorTime;
                var run = await load.AskAsync(path, connections, milliseconds);
                measured[name].Add((run, (Process.GetCurrentProcess().TotalProcessorTime - cpu).TotalMicroseconds / run.Requests));
            }
        }

        foreach (var (name, runs) in measured)
        {
            BenchOutput.Line("list", name, ("rows", rows), ("connections", connections),
                ("requestsPerSecond", Math.Round(Samples.Median(runs.Select(one => one.Run.PerSecond)))),
                ("p50Ms", Math.Round(Samples.Median(runs.Select(one => one.Run.P50Micros)) / 1000, 3)),
                ("p99Ms", Math.Round(Samples.Median(runs.Select(one => one.Run.P99Micros)) / 1000, 3)),
                ("serverCpuMicros", Math.Round(Samples.Median(runs.Select(one => one.Cpu)))),
                ("bytes", measured[name][0].Run.Bytes / measured[name][0].Run.Requests));
        }

        foreach (var to in only.Except(["hoodylogs"]))
        {
            BenchOutput.Line("list", "hoodylogs", ("ratio", Math.Round(Samples.Median(measured["hoodylogs"].Zip(measured[to], (ours, theirs) => ours.Run.PerSecond / theirs.Run.PerSecond)), 2)), ("to", to));
        }
    }

    private static async Task AllocationsAsync(LoadProcess load)
    {
        var allocated = new Dictionary<int, double>();
        foreach (var limit in new[] { 1, 200, 1_000 })
        {
            var path = $"{ListServer.List}?limit={limit}";
            await load.AskAsync(path, 1, 300);
            var before = GC.GetTotalAllocatedBytes(precise: true);
            var run = await load.AskAsync(path, 1, 1_000);
            allocated[limit] = (GC.GetTotalAllocatedBytes(precise: true) - before) / (double)run.Requests;
            BenchOutput.Line("list", "allocations", ("limit", limit), ("bytesPerResponse", Math.Round(allocated[limit])));
        }

        BenchOutput.Line("list", "allocations", ("bytesPerRow", Math.Round((allocated[1_000] - allocated[1]) / 999, 1)));
    }

    private static async Task FanoutAsync(string database)
    {
        await using var server = await ListServer.StartAsync(database, plain: null, fanout: true);
        await using var load = await LoadProcess.StartAsync(server.Port);
        const string Path = $"{ListServer.List}?limit=100000";
        await load.AskAsync($"{ListServer.List}?limit=1", 1, 100);
        var (managed, resident) = (GC.GetTotalMemory(forceFullCollection: true), Environment.WorkingSet);
        var (managedPeak, residentPeak) = (managed, resident);
        var asking = load.AskAsync(Path, 1, 0);
        while (await Task.WhenAny(asking, Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System)) != asking)
        {
            managedPeak = Math.Max(managedPeak, GC.GetTotalMemory(forceFullCollection: false));
            residentPeak = Math.Max(residentPeak, Environment.WorkingSet);
        }

        var run = await asking;
        const double MiB = 1024 * 1024;
        BenchOutput.Line("list", "fanout", ("limit", 100_000), ("bytes", run.Bytes), ("milliseconds", Math.Round(run.P50Micros / 1000, 1)),
            ("managedMiBBefore", Math.Round(managed / MiB, 1)), ("managedMiBPeak", Math.Round(managedPeak / MiB, 1)),
            ("residentMiBBefore", Math.Round(resident / MiB)), ("residentMiBPeak", Math.Round(residentPeak / MiB)));
    }
}
