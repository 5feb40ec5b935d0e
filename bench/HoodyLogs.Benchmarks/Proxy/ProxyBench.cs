namespace HoodyLogs.Benchmarks.Proxy;

/// <summary>
/// <c>proxy [--connections 32] [--seconds 5] [--rounds 5] [--only small,bodies,stalled]</c>: what capture costs a YARP proxy. Proxies, upstream
/// and load generator are processes of their own; the cases alternate. CPU and allocation are those of the proxy's process until
/// everything is committed. <c>ratio</c> is that of the throughput, round by round. <c>stalled</c>: latencies while the store's write lock is
/// held elsewhere, with a queue that overflows meanwhile.
/// </summary>
internal static class ProxyBench
{
    private const string Off = "off";

    public static async Task RunAsync(BenchArguments arguments)
    {
        var only = arguments.Text("only", "small,bodies,stalled")!.Split(',');
        await using var upstream = await BenchProcess.StartAsync("proxy-upstream");
        await using var load = await BenchProcess.StartAsync("proxy-load");
        await using var off = await ProxyProcess.StartAsync(Off, upstream, load);
        if (only.Contains("small")) await CompareAsync(arguments, "GET", Off, off, ["hoodylogs", "httplogging"], upstream, load);
        if (only.Contains("bodies")) await CompareAsync(arguments, "POST", "off-bodies", off, ["hoodylogs-bodies"], upstream, load);
        if (only.Contains("stalled")) await StallAsync(arguments, upstream, load);
    }

    private static async Task CompareAsync(
        BenchArguments arguments, string method, string baseline, ProxyProcess off, string[] kinds, BenchProcess upstream, BenchProcess load)
    {
        var (connections, seconds, rounds) = Sizes(arguments);
        List<(string Case, ProxyProcess Proxy, List<ProxyRun> Runs)> cases = [(baseline, off, [])];
        foreach (var kind in kinds) cases.Add((kind, await ProxyProcess.StartAsync(kind, upstream, load), []));
        for (var round = -1; round < rounds; round++)
        {
            foreach (var (name, proxy, runs) in cases)
            {
                var run = await proxy.RunAsync(method, connections, seconds);
                if (round < 0) continue; // warms up
                runs.Add(run);
                BenchOutput.Note($"{name}: {run.PerSecond:N0}/s, {run.CpuMicros:N1} µs, {run.Allocated:N0} bytes");
            }
        }

        foreach (var (name, proxy, runs) in cases)
        {
            Report(name, runs);
            if (name != baseline) Compare(name, runs, baseline, cases[0].Runs);
            if (name != baseline) await proxy.DisposeAsync();
        }
    }

    private static async Task StallAsync(BenchArguments arguments, BenchProcess upstream, BenchProcess load)
    {
        const int Queue = 4096;
        const int Connections = 4; // few enough to see a request wait for something else than the processor
        var (_, seconds, rounds) = Sizes(arguments);
        await using var proxy = await ProxyProcess.StartAsync("hoodylogs", upstream, load, Queue);
        var (flowing, stalled) = (new List<ProxyRun>(), new List<ProxyRun>());
        await proxy.RunAsync("GET", Connections, seconds);
        for (var round = 0; round < rounds; round++)
        {
            flowing.Add(await proxy.RunAsync("GET", Connections, seconds));
            stalled.Add(await proxy.RunStalledAsync("GET", Connections, seconds));
        }

        ReportLatency("flowing", flowing);
        ReportLatency("stalled", stalled);
    }

    private static (int Connections, int Seconds, int Rounds) Sizes(BenchArguments arguments) =>
        ((int)arguments.Number("connections", 32), (int)arguments.Number("seconds", 5), (int)arguments.Number("rounds", 5));

    private static void Report(string name, List<ProxyRun> runs) => BenchOutput.Line("proxy", name,
        ("requestsPerSecond", Math.Round(Samples.Median(runs.Select(run => run.PerSecond)))),
        ("cpuMicrosPerExchange", Math.Round(Samples.Median(runs.Select(run => run.CpuMicros)), 1)),
        ("allocatedBytesPerExchange", Math.Round(Samples.Median(runs.Select(run => run.Allocated)))));

    private static void Compare(string name, List<ProxyRun> runs, string baseline, List<ProxyRun> off) => BenchOutput.Line("proxy", name,
        ("ratio", Math.Round(Samples.Median(runs.Zip(off, (with, without) => with.PerSecond / without.PerSecond)), 3)),
        ("addedCpuMicros", Math.Round(Samples.Median(runs.Zip(off, (with, without) => with.CpuMicros - without.CpuMicros)), 1)),
        ("addedBytes", Math.Round(Samples.Median(runs.Zip(off, (with, without) => with.Allocated - without.Allocated)))),
        ("to", baseline));

    private static void ReportLatency(string name, List<ProxyRun> runs) => BenchOutput.Line("proxy", name,
        ("requestsPerSecond", Math.Round(Samples.Median(runs.Select(run => run.PerSecond)))),
        ("p999Ms", Math.Round(Samples.Median(runs.Select(run => run.P999Ms)), 2)),
        ("longestMs", Math.Round(runs.Max(run => run.LongestMs), 2)));
}
