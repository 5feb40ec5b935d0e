namespace HoodyLogs.Benchmarks.Proxy;

/// <summary>
/// <c>proxy [--connections 32] [--slice-ms 400] [--rounds 40] [--warmup 6] [--processes 4] [--only small,bodies,stalled] [--gc server|workstation]</c>:
/// the cost of capture for a YARP proxy. Proxy, upstream and load generator run in their own processes.
/// One process serves all modes in alternating slices, because two equal processes differ by more than the measured effect, and the speed of a
/// shared machine changes within seconds. Each mode is warmed up first, because hot code is compiled several times. All of this is repeated with several
/// processes, and each is warmed up by another mode first, because the compiler optimizes shared code for the mode that it runs first.
/// CPU and allocation are those of the proxy process until everything is committed. Results are medians over all slices, each relative to the slice of
/// <c>off</c> in its round, with the standard error of the median. <c>stalled</c> measures latencies while another connection holds the write lock of the
/// store and the queue overflows, for <c>--seconds</c> 2. The proxy uses the server garbage collector, which is the default of ASP.NET Core apps.
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

    /// <summary>Compares all modes with the first one.</summary>
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
        const int Turns = 2; // so that code compiled for one mode is warm for the next
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
        const int Connections = 4; // few enough that waits other than for the processor are visible
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
