namespace HoodyLogs.Benchmarks.Proxy;

/// <summary>
/// <c>proxy [--connections 32] [--slice-ms 400] [--rounds 40] [--warmup 6] [--processes 4] [--only small,bodies,stalled]
/// [--gc server|workstation]</c>: what capture costs a YARP proxy. Proxy, upstream and load generator are processes of their own. One and the same
/// process serves all cases, in slices that alternate, since processes that should be alike differ by more than what is measured, and the speed of a
/// shared machine changes within seconds; each case is warmed up for so many seconds, since hot code is compiled several times before it stays. All of
/// that is done with so many processes, one after the other, each warmed up by another case first: the compiler makes what all share fastest for the
/// case that it meets first. CPU and allocation are those of the proxy's process until everything is committed. Figures are medians over all slices,
/// each compared to the slice of <c>off</c> in its round, with the standard error of the median. <c>stalled</c>: latencies while the store's write
/// lock is held elsewhere, with a queue that overflows meanwhile, in <c>--seconds</c> 2. The proxy has the server's garbage collector, as any ASP.NET
/// Core app that does not say otherwise.
/// </summary>
internal static class ProxyBench
{
    public static async Task RunAsync(BenchArguments arguments)
    {
        var only = arguments.Text("only", "small,bodies,stalled")!.Split(',');
        await using var upstream = await BenchProcess.StartAsync("proxy-upstream");
        await using var load = await BenchProcess.StartAsync("proxy-load");
        string[] small = [ProxyMode.Off, ProxyMode.HoodyLogs, ProxyMode.HttpLogging, ProxyMode.HttpLoggingText];
        if (only.Contains("small")) await CompareAsync(arguments, "GET", small, () => ProxyProcess.StartAsync(upstream, load, arguments));
        string[] bodies = [ProxyMode.Off, ProxyMode.HoodyLogs];
        if (only.Contains("bodies")) await CompareAsync(arguments, "POST", bodies, () => ProxyProcess.StartAsync(upstream, load, arguments, "--bodies"));
        if (only.Contains("stalled")) await StallAsync(arguments, upstream, load);
    }

    /// <summary>Compares all modes to the first.</summary>
    private static async Task CompareAsync(BenchArguments arguments, string method, string[] modes, Func<Task<ProxyProcess>> start)
    {
        var runs = modes.ToDictionary(mode => mode, _ => new List<ProxyRun>());
        for (var process = 0; process < (int)arguments.Number("processes", 4); process++)
        {
            await using var proxy = await start();
            var first = process % modes.Length;
            await WarmUpAsync(arguments, method, proxy, [.. modes[first..], .. modes[..first]]);
            await MeasureAsync(arguments, method, proxy, modes, runs);
        }

        foreach (var mode in modes)
        {
            var name = $"{mode} {method}";
            Report(name, runs[mode]);
            if (mode != modes[0]) Compare(name, runs[mode], modes[0], runs[modes[0]]);
        }
    }

    private static async Task WarmUpAsync(BenchArguments arguments, string method, ProxyProcess proxy, string[] modes)
    {
        const int Turns = 2; // so that what one mode has compiled is not new to the next
        for (var turn = 0; turn < Turns; turn++)
        {
            foreach (var mode in modes) await proxy.RunAsync(mode, method, Connections(arguments), arguments.Number("warmup", 6) / (double)Turns);
        }
    }

    private static async Task MeasureAsync(
        BenchArguments arguments, string method, ProxyProcess proxy, string[] modes, Dictionary<string, List<ProxyRun>> runs)
    {
        var slice = arguments.Number("slice-ms", 400) / 1000.0;
        for (var round = 0; round < arguments.Number("rounds", 40); round++)
        {
            foreach (var mode in round % 2 == 0 ? modes : Enumerable.Reverse(modes))
            {
                var run = await proxy.RunAsync(mode, method, Connections(arguments), slice);
                runs[mode].Add(run);
                BenchOutput.Note($"{mode}: {run.PerSecond:N0}/s, {run.CpuMicros:N1} µs, {run.Allocated:N0} bytes");
            }
        }
    }

    private static async Task StallAsync(BenchArguments arguments, BenchProcess upstream, BenchProcess load)
    {
        const int Connections = 4; // few enough to see a request wait for something else than the processor
        var (warmUp, seconds, rounds) = (arguments.Number("warmup", 6), arguments.Number("seconds", 2), arguments.Number("rounds", 3));
        await using var proxy = await ProxyProcess.StartAsync(upstream, load, arguments, "--queue", "4096");
        var (flowing, stalled) = (new List<ProxyRun>(), new List<ProxyRun>());
        await proxy.RunAsync(ProxyMode.HoodyLogs, "GET", Connections, warmUp);
        for (var round = 0; round < rounds; round++)
        {
            flowing.Add(await proxy.RunAsync(ProxyMode.HoodyLogs, "GET", Connections, seconds));
            stalled.Add(await proxy.RunStalledAsync("GET", Connections, seconds));
        }

        ReportLatency("flowing", flowing);
        ReportLatency("stalled", stalled);
    }

    private static int Connections(BenchArguments arguments) => (int)arguments.Number("connections", 32);

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
            ("ratioError", Math.Round(Samples.ErrorOfMedian(ratios), 3)),
            ("addedCpuMicros", Math.Round(Samples.Median(added), 1)),
            ("addedCpuError", Math.Round(Samples.ErrorOfMedian(added), 1)),
            ("addedBytes", Math.Round(Samples.Median(runs.Zip(off, (with, without) => with.Allocated - without.Allocated)))),
            ("to", baseline));
    }

    private static void ReportLatency(string name, List<ProxyRun> runs) => BenchOutput.Line("proxy", name,
        ("requestsPerSecond", Math.Round(Samples.Median(runs.Select(run => run.PerSecond)))),
        ("p999Ms", Math.Round(Samples.Median(runs.Select(run => run.P999Ms)), 2)),
        ("longestMs", Math.Round(runs.Max(run => run.LongestMs), 2)));
}
