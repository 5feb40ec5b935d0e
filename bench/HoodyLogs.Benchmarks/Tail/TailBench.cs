using System.Diagnostics;

namespace HoodyLogs.Benchmarks.Tail;

/// <summary>
/// <c>tail [--tails N] [--frames 20000000] [--seconds 10] [--rounds 3]</c>: the cost of live tails for the server, by default with 1, 100 and 1,000 tails.
/// The readers run in their own process. <c>deliver</c> and <c>bare</c> alternate. The CPU of <c>deliver</c> does not include ingestion. Then: latency from
/// the end of a response to the receipt of its entry at 5,000 entries per second, memory of idle tails, and ingestion with open tails.
/// </summary>
internal static class TailBench
{
    private const string Stream = "/api/proxy-logs/_logs/stream";
    private const int Lead = 2_000;

    public static async Task RunAsync(BenchArguments arguments)
    {
        var counts = arguments.Text("tails", null) is null ? [1, 100, 1_000] : new[] { (int)arguments.Number("tails", 0) };
        var frames = arguments.Number("frames", 20_000_000);
        var rounds = (int)arguments.Number("rounds", 3);
        var only = arguments.Text("only", "deliver,filtered,latency,idle,ingest")!.Split(',');
        foreach (var tails in counts)
        {
            if (only.Contains("deliver")) await DeliverAsync(tails, frames, rounds);
            if (only.Contains("filtered")) await FilteredAsync(tails, Math.Min(frames / 20, 400_000));
            if (only.Contains("latency")) await LatencyAsync(tails, (int)arguments.Number("seconds", 10));
            if (only.Contains("idle")) await IdleAsync(tails);
            if (only.Contains("ingest")) await IngestAsync(tails, rounds);
        }
    }

    private static async Task DeliverAsync(int tails, long frames, int rounds)
    {
        var entries = Math.Clamp(frames / tails, 10_000, 400_000) / 2 * 2;
        var (delivered, bare) = (new List<Run>(), new List<Run>());
        for (var round = 0; round < rounds; round++)
        {
            var alone = await IngestAloneAsync(entries);
            var run = await DeliverOnceAsync(tails, entries, Stream, alone.CpuMicros);
            delivered.Add(run);
            bare.Add(await BareOnceAsync(tails, run));
            BenchOutput.Note($"{tails} tails: {run.PerSecond:N0} frames/s, {run.CpuPerFrame:N3} µs; bare {bare[^1].PerSecond:N0}, {bare[^1].CpuPerFrame:N3} µs");
        }

        Report("bare", tails, bare);
        Report("deliver", tails, delivered);
        BenchOutput.Line("tail", "deliver", ("tails", tails),
            ("cpuRatio", Math.Round(Samples.Median(delivered.Zip(bare, (a, b) => a.CpuPerFrame / b.CpuPerFrame)), 2)), ("to", "bare"));
    }

    private static async Task FilteredAsync(int tails, long entries)
    {
        await using var server = await TailServer.StartAsync();
        await using var readers = await ReaderProcess.StartAsync(server.Port, tails, Stream + "?containerId=c{i}");
        var alone = await IngestAloneAsync(entries);
        var cpu = Cpu();
        var clock = Stopwatch.StartNew();
        await WriteAsync(server, entries, i => Record(container: $"c{i % tails}"), sent => server.Frames >= sent - Lead);
        await UntilAsync(() => server.Frames >= entries);
        BenchOutput.Line("tail", "filtered", ("tails", tails), ("entries", entries),
            ("entriesPerSecond", Math.Round(entries / clock.Elapsed.TotalSeconds)),
            ("cpuMicrosPerEntryAndTail", Math.Round((Cpu() - cpu - (alone.CpuMicros * entries)) / entries / tails, 4)));
    }

    private static async Task LatencyAsync(int tails, int seconds)
    {
        const int PerSecond = 5_000;
        await using var server = await TailServer.StartAsync();
        await using var readers = await ReaderProcess.StartAsync(server.Port, tails, Stream);
        await ExchangesAsync(server, PerSecond / 2, seconds: 3); // warms up
        server.Marks = true;
        var cpu = Cpu();
        var clock = Stopwatch.StartNew();
        await ExchangesAsync(server, PerSecond / 2, seconds);
        var busy = (Cpu() - cpu) / clock.Elapsed.TotalMicroseconds;
        await UntilAsync(() => server.Frames >= (seconds + 3L) * PerSecond * tails);
        var (p50, p99) = await readers.EndAsync();
        BenchOutput.Line("tail", "latency", ("tails", tails), ("entriesPerSecond", PerSecond),
            ("p50Ms", Math.Round(p50 / 1000, 2)), ("p99Ms", Math.Round(p99 / 1000, 2)), ("cores", Math.Round(busy, 2)));
    }

    /// <summary>Sends real exchanges over Kestrel at the given rate per second. The client is in this process.</summary>
    private static async Task ExchangesAsync(TailServer server, int perSecond, int seconds)
    {
        const int Connections = 16;
        using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{server.Port}") };
        var clock = Stopwatch.StartNew();
        var sent = 0;
        await Task.WhenAll(Enumerable.Range(0, Connections).Select(async _ =>
        {
            for (int number; (number = Interlocked.Increment(ref sent)) <= perSecond * seconds;)
            {
                var early = TimeSpan.FromSeconds((double)number / perSecond) - clock.Elapsed;
                if (early > TimeSpan.Zero) await Task.Delay(early, TimeProvider.System);
                await client.GetByteArrayAsync(new Uri("/exchange", UriKind.Relative));
            }
        }));
    }

    private static async Task IdleAsync(int tails)
    {
        await using var server = await TailServer.StartAsync();
        await using (await ReaderProcess.StartAsync(server.Port, 1, Stream)) await server.WriteAsync([Record()]);
        var (managed, resident) = Memory();
        await using var readers = await ReaderProcess.StartAsync(server.Port, tails, Stream);
        var (managedThen, residentThen) = Memory();
        BenchOutput.Line("tail", "idle", ("tails", tails), ("managedBytesPerTail", (managedThen - managed) / tails),
            ("residentBytesPerTail", (residentThen - resident) / tails));
    }

    private static async Task IngestAsync(int tails, int rounds)
    {
        const long Entries = 1_000_000;
        var ratios = new List<double>();
        var speeds = new List<double>();
        for (var round = 0; round < rounds; round++)
        {
            var alone = await IngestAloneAsync(Entries);
            await using var server = await TailServer.StartAsync();
            await using var readers = await ReaderProcess.StartAsync(server.Port, tails, Stream);
            var clock = Stopwatch.StartNew();
            await WriteAsync(server, Entries, _ => Record(), _ => true);
            await server.Sink.FlushAsync(CancellationToken.None);
            speeds.Add(Entries / clock.Elapsed.TotalSeconds);
            ratios.Add(speeds[^1] / alone.PerSecond);
        }

        BenchOutput.Line("tail", "ingest", ("tails", tails), ("entriesPerSecond", Math.Round(Samples.Median(speeds))),
            ("ratio", Math.Round(Samples.Median(ratios), 2)), ("to", "without tails"));
    }

    private static async Task<(double CpuMicros, double PerSecond)> IngestAloneAsync(long entries)
    {
        await using var server = await TailServer.StartAsync();
        var cpu = Cpu();
        var clock = Stopwatch.StartNew();
        await WriteAsync(server, entries, _ => Record(), _ => true);
        await server.Sink.FlushAsync(CancellationToken.None);
        return ((Cpu() - cpu) / entries, entries / clock.Elapsed.TotalSeconds);
    }

    private static async Task<Run> DeliverOnceAsync(int tails, long entries, string path, double ingestMicros)
    {
        await using var server = await TailServer.StartAsync();
        await using var readers = await ReaderProcess.StartAsync(server.Port, tails, path);
        var cpu = Cpu();
        var clock = Stopwatch.StartNew();

        // The tails set the pace, so that tails are measured and not catching up from the store.
        await WriteAsync(server, entries, _ => Record(), sent => server.Frames >= (sent - Lead) * tails);
        await UntilAsync(() => server.Frames >= entries * tails);
        var frames = entries * tails;
        var net = Cpu() - cpu - (ingestMicros * entries);
        var (bytes, _) = await readers.AskAsync();
        return new Run(frames, frames / clock.Elapsed.TotalSeconds, net / frames, (double)bytes / frames, (double)frames / server.Flushes);
    }

    private static async Task<Run> BareOnceAsync(int tails, Run like)
    {
        await using var server = await TailServer.StartAsync();
        var bytes = (long)(like.Frames / tails * like.BytesPerFrame);
        var piece = (int)(like.BytesPerFrame * like.FramesPerFlush);
        var cpu = Cpu();
        var clock = Stopwatch.StartNew();
        await using var readers = await ReaderProcess.StartAsync(server.Port, tails, $"/bare?bytes={bytes}&piece={piece}");
        while ((await readers.AskAsync()).Ended < tails) await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System);
        return like with { PerSecond = like.Frames / clock.Elapsed.TotalSeconds, CpuPerFrame = (Cpu() - cpu) / like.Frames };
    }

    private static async Task WriteAsync(TailServer server, long entries, Func<long, LogRecord> record, Func<long, bool> mayGoOn)
    {
        for (long sent = 0; sent < entries; sent += 2)
        {
            if (sent % 500 == 0) await UntilAsync(() => mayGoOn(sent));
            await server.Sink.WriteAsync(record(sent / 2), CancellationToken.None);
        }
    }

    private static async Task UntilAsync(Func<bool> reached)
    {
        while (!reached()) await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System);
    }

    private static LogRecord Record(string container = "cnt_x9y8z7w6") => new()
    {
        Shape = RecordShape.Exchange,
        ProjectId = "proj_a1b2c3d4",
        ContainerId = container,
        ServiceName = "user-api",
        Method = "GET",
        TraceId = "4bf92f3577b34da6a3ce929d0e0e4736",
        TimestampMs = 1_767_225_600_000,
        DurationUs = 12_345,
        Url = "/v1/users/4711/orders?page=3",
        ClientIp = "203.0.113.42",
        Status = 200,
        BytesIn = 412,
        BytesOut = 31_800,
        UserAgent = "Hoody-CLI/1.4.2",
    };

    private static void Report(string name, int tails, List<Run> runs) => BenchOutput.Line("tail", name, ("tails", tails),
        ("framesPerSecond", Math.Round(Samples.Median(runs.Select(run => run.PerSecond)))),
        ("cpuMicrosPerFrame", Math.Round(Samples.Median(runs.Select(run => run.CpuPerFrame)), 3)),
        ("bytesPerFrame", Math.Round(runs[0].BytesPerFrame)), ("framesPerFlush", Math.Round(Samples.Median(runs.Select(run => run.FramesPerFlush)))));

    private static double Cpu() => Process.GetCurrentProcess().TotalProcessorTime.TotalMicroseconds;

    private static (long Managed, long Resident) Memory()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        using var process = Process.GetCurrentProcess();
        return (GC.GetTotalMemory(forceFullCollection: true), process.WorkingSet64);
    }

    private sealed record Run(long Frames, double PerSecond, double CpuPerFrame, double BytesPerFrame, double FramesPerFlush);
}
