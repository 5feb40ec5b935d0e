namespace HoodyLogs.Benchmarks.Proxy;

/// <summary>
/// <c>proxy [--connections 32] [--seconds 1] [--rounds 12] [--warmup 12] [--processes 3] [--only small,bodies,stalled]</c>: what capture costs a
/// YARP proxy. Proxies, upstream and load generator are processes of their own. Each proxy is warmed up for so many seconds, since its hot code is
/// compiled several times before it stays; then the cases alternate in short rounds, since the speed of a shared machine changes within
/// seconds; and all of that is done with so many processes of each case, since a process keeps what its start has made of it. CPU and
/// allocation are those of the proxy's process until everything is committed; <c>ratio</c> is that of the throughput, round by round.
/// <c>stalled</c>: latencies while the store's write lock is held elsewhere, with a queue that overflows meanwhile.
/// </summary>
internal static class ProxyBench
{
    private const string Off = "off";

    public static async Task RunAsync(BenchArguments arguments)
    {
        var only = arguments.Text("only", "small,bodies,stalled")!.Split(',');
        await using var upstream = await BenchProcess.StartAsync("proxy-upstream");
        await using var load = await BenchProcess.StartAsync("proxy-load");
        if (only.Contains("small")) await CompareAsync(arguments, "GET", [Off, "hoodylogs", "httplogging", "httplogging-text"], upstream, load);
        if (only.Contains("bodies")) await CompareAsync(arguments, "POST", [Off, "hoodylogs-bodies"], upstream, load);
        if (only.Contains("stalled")) await StallAsync(arguments, upstream, load);
    }

    /// <summary>Compares all cases to the first.</summary>
    private static async Task CompareAsync(BenchArguments arguments, string method, string[] kinds, BenchProcess upstream, BenchProcess load)
    {
        var runs = kinds.ToDictionary(kind => kind, _ => new List<ProxyRun>());
        for (var process = 0; process < arguments.Number("processes", 3); process++)
        {
            var proxies = new List<(string Kind, ProxyProcess Process)>();
            foreach (var kind in kinds) proxies.Add((kind, await ProxyProcess.StartAsync(kind, upstream, load)));
            await MeasureAsync(arguments, method, proxies, runs);
            foreach (var (_, proxy) in proxies) await proxy.DisposeAsync();
        }

        foreach (var kind in kinds)
        {
            Report($"{kind} {method}", runs[kind]);
            if (kind != kinds[0]) Compare($"{kind} {method}", runs[kind], kinds[0], runs[kinds[0]]);
        }
    }

    private static async Task MeasureAsync(
        BenchArguments arguments, string method, List<(string Kind, ProxyProcess Process)> proxies, Dictionary<string, List<ProxyRun>> runs)
    {
        var (connections, seconds, rounds) = Sizes(arguments);
        foreach (var (_, proxy) in proxies) await proxy.RunAsync(method, connections, (int)arguments.Number("warmup", 12));
        for (var round = 0; round < rounds; round++)
        {
            foreach (var (kind, proxy) in round % 2 == 0 ? proxies : Enumerable.Reverse(proxies))
            {
                var run = await proxy.RunAsync(method, connections, seconds);
                runs[kind].Add(run);
                BenchOutput.Note($"{kind}: {run.PerSecond:N0}/s, {run.CpuMicros:N1} µs, {run.Allocated:N0} bytes");
            }
        }
    }

    private static async Task StallAsync(BenchArguments arguments, BenchProcess upstream, BenchProcess load)
    {
        const int Queue = 4096;
        const int Connections = 4; // few enough to see a request wait for something else than the processor
        var (_, seconds, rounds) = Sizes(arguments);
        await using var proxy = await ProxyProcess.StartAsync("hoodylogs", upstream, load, Queue);
        var (flowing, stalled) = (new List<ProxyRun>(), new List<ProxyRun>());
        await proxy.RunAsync("GET", Connections, (int)arguments.Number("warmup", 12));
        for (var round = 0; round < rounds; round++)
        {
            flowing.Add(await proxy.RunAsync("GET", Connections, seconds));
            stalled.Add(await proxy.RunStalledAsync("GET", Connections, seconds));
        }

        ReportLatency("flowing", flowing);
        ReportLatency("stalled", stalled);
    }

    private static (int Connections, int Seconds, int Rounds) Sizes(BenchArguments arguments) =>
        ((int)arguments.Number("connections", 32), (int)arguments.Number("seconds", 1), (int)arguments.Number("rounds", 12));

    private static void Report(string name, List<ProxyRun> runs) => BenchOutput.Line("proxy", name,
        ("requestsPerSecond", Math.Round(Samples.Median(runs.Select(run => run.PerSecond)))),
        ("cpuMicrosPerExchange", Math.Round(Samples.Median(runs.Select(run => run.CpuMicros)), 1)),
        ("allocatedBytesPerExchange", Math.Round(Samples.Median(runs.Select(run => run.Allocated)))));

    private static void Compare(string name, List<ProxyRun> runs, string baseline, List<ProxyRun> off)
    {
        var ratios = runs.Zip(off, (with, without) => with.PerSecond / without.PerSecond).ToArray();
        var added = runs.Zip(off, (with, without) => with.CpuMicros - without.CpuMicros).ToArray();
        BenchOutput.Line("proxy", name,
            ("ratio", Math.Round(Samples.Median(ratios), 3)),
            ("ratioQuartiles", Quartiles(ratios, 3)),
            ("addedCpuMicros", Math.Round(Samples.Median(added), 1)),
            ("addedCpuQuartiles", Quartiles(added, 1)),
            ("addedBytes", Math.Round(Samples.Median(runs.Zip(off, (with, without) => with.Allocated - without.Allocated)))),
            ("to", baseline));
    }

    private static double[] Quartiles(double[] values, int digits) =>
        [Math.Round(Samples.Percentile(values, 0.25), digits), Math.Round(Samples.Percentile(values, 0.75), digits)];

    private static void ReportLatency(string name, List<ProxyRun> runs) => BenchOutput.Line("proxy", name,
        ("requestsPerSecond", Math.Round(Samples.Median(runs.Select(run => run.PerSecond)))),
        ("p999Ms", Math.Round(Samples.Median(runs.Select(run => run.P999Ms)), 2)),
        ("longestMs", Math.Round(runs.Max(run => run.LongestMs), 2)));
}
