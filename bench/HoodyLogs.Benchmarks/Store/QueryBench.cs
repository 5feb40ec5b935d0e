using System.Collections.Frozen;
using System.Diagnostics;
using HoodyLogs.Benchmarks.Baselines;
using Microsoft.Data.Sqlite;

namespace HoodyLogs.Benchmarks.Store;

/// <summary>
/// <c>query [--rows 1000000] [--series 1600] [--samples 300] [--plain true]</c>: p50 and p99 of typical reads in the process, warm, on the store and on the
/// plain table. Every page includes its total and is encoded as JSON, as in the API.
/// </summary>
internal static class QueryBench
{
    private const int Page = 200;
    private const int PlainSamples = 5;
    private const int WarmUps = 100;

    public static async Task RunAsync(BenchArguments arguments)
    {
        var rows = arguments.Number("rows", 1_000_000);
        var series = (int)arguments.Number("series", 1_600);
        var samples = (int)arguments.Number("samples", 300);
        var folder = Directory.CreateTempSubdirectory("hoodylogs-bench-").FullName;
        try
        {
            await HoodyAsync(Path.Combine(folder, "hoodylogs.db"), rows, series, samples);
            if (arguments.Text("plain", "true") == "true") Plain(Path.Combine(folder, "plain.db"), rows, series);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task HoodyAsync(string path, long rows, int series, int samples)
    {
        await using (var filler = await HoodyHost.StartAsync(path)) await FillAsync(rows, series, filler.AppendAsync);
        var opening = Stopwatch.GetTimestamp();
        await using var host = await HoodyHost.StartAsync(path);
        var opened = Stopwatch.GetElapsedTime(opening);
        Report("open", "hoodylogs", rows, series, [opened.TotalMilliseconds]);

        var project = new LogFilter { ProjectIds = FrozenSet.Create(Workload.Project(7)) };
        var rare = new LogFilter { ContainerIds = FrozenSet.Create(Workload.RareContainer) };
        var errors = new LogFilter { Levels = [EntryLevel.Error] };
        var middle = host.Store.LastId - rows / 2;
        var cases = new (string Name, Func<int, LogQuery> Query)[]
        {
            ("newest", _ => new LogQuery { Descending = true, Limit = Page }),
            ("project5percent", _ => new LogQuery { Filter = project, Descending = true, Limit = Page }),
            ("rareSeries", _ => new LogQuery { Filter = rare, Descending = true, Limit = Page }),
            ("levelError", _ => new LogQuery { Filter = errors, Limit = Page }),
            ("offsetAtHalf", i => new LogQuery { Offset = (rows / 2) + (i * 97), Limit = Page }),
            ("projectOffsetAtHalf", i => new LogQuery { Filter = project, Offset = (rows / 40) + (i * 7), Limit = Page }),
            ("afterIdInTheMiddle", i => new LogQuery { AfterId = middle + (i * 97), Limit = Page }),
            ("last200", _ => new LogQuery { Last = Page, Limit = Page }),
            ("totalAlone", _ => new LogQuery { Filter = project, Limit = 0 }),
            ("oneTrace", i => new LogQuery { Filter = new LogFilter { TraceId = Workload.TraceId(rows / 4 + (i * 31)) }, Limit = Page }),
        };
        var buffer = new System.Buffers.ArrayBufferWriter<byte>(1 << 20);
        foreach (var (_, query) in cases) await TimesAsync(WarmUps, i => ReadAsync(query(i)));
        foreach (var (name, query) in cases) Report(name, "hoodylogs", rows, series, await TimesAsync(samples, i => ReadAsync(query(i))));
        Report("stats", "hoodylogs", rows, series, await TimesAsync(samples, async _ => await host.Store.GetStatsAsync(LogScope.All, LogFilter.All, CancellationToken.None)));
        BenchOutput.Line("query", "resident", ("store", "hoodylogs"), ("rows", rows), ("series", series), ("residentMiB", Environment.WorkingSet / 1048576));

        async Task ReadAsync(LogQuery query)
        {
            buffer.ResetWrittenCount();
            await host.Store.ReadAsync(LogScope.All, query, (in LogEntryView entry) => LogEntryJson.Write(buffer, entry), CancellationToken.None);
        }
    }

    private static void Plain(string path, long rows, int series)
    {
        using (var filler = new PlainStore(path))
        {
            FillAsync(rows, series, records =>
            {
                for (var i = 0; i < records.Length; i += 2_048) filler.Append(records.AsSpan(i, Math.Min(2_048, records.Length - i)));
                return Task.CompletedTask;
            }).GetAwaiter().GetResult(); // the plain store is synchronous
        }

        var opening = Stopwatch.GetTimestamp();
        using var store = new PlainStore(path);
        using var connection = store.Open();
        Report("open", "plain", rows, series, [Stopwatch.GetElapsedTime(opening).TotalMilliseconds]);
        var cases = new (string Name, string Where, string Page, (string, object)[] Parameters)[]
        {
            ("newest", "", $"ORDER BY id DESC LIMIT {Page}", []),
            ("project5percent", "WHERE projectId = $p", $"ORDER BY id DESC LIMIT {Page}", [("$p", Workload.Project(7))]),
            ("rareSeries", "WHERE containerId = $c", $"ORDER BY id DESC LIMIT {Page}", [("$c", Workload.RareContainer)]),
            ("levelError", "WHERE level = 'error'", $"ORDER BY id LIMIT {Page}", []),
            ("offsetAtHalf", "", $"ORDER BY id LIMIT {Page} OFFSET {rows / 2}", []),
            ("projectOffsetAtHalf", "WHERE projectId = $p", $"ORDER BY id LIMIT {Page} OFFSET {rows / 40}", [("$p", Workload.Project(7))]),
            ("afterIdInTheMiddle", "", $"AND id > {rows / 2} ORDER BY id LIMIT {Page}", []),
            ("last200", "", $"ORDER BY id DESC LIMIT {Page}", []),
            ("totalAlone", "WHERE projectId = $p", "LIMIT 0", [("$p", Workload.Project(7))]),
            ("oneTrace", "WHERE traceId = $t", $"ORDER BY id LIMIT {Page}", [("$t", Workload.TraceId(rows / 4))]),
        };
        foreach (var (name, where, page, parameters) in cases)
        {
            var paged = page.StartsWith("AND", StringComparison.Ordinal) ? "WHERE " + page[4..] : page;
            Report(name, "plain", rows, series, Times(PlainSamples, () => PlainStore.Read(connection, where, paged, parameters)));
        }

        Report("stats", "plain", rows, series, Times(PlainSamples, () => Stats(connection)));
    }

    private static void Stats(SqliteConnection connection)
    {
        foreach (var dimension in new[] { "level", "projectId", "containerId", "serviceName" })
        {
            using var command = connection.CreateCommand();
            command.CommandText = $"SELECT {dimension}, COUNT(*) FROM logs GROUP BY {dimension}";
            using var reader = command.ExecuteReader();
            while (reader.Read()) _ = reader.GetInt64(1);
        }
    }

    private static async Task FillAsync(long entries, int series, Func<LogRecord[], Task> append)
    {
        var workload = new Workload(series);
        for (long left = entries / 2; left > 0; left -= 65_536) await append(workload.Next((int)Math.Min(65_536, left)));
    }

    private static async Task<double[]> TimesAsync(int samples, Func<int, Task> query)
    {
        for (var warmUp = 0; warmUp < WarmUps; warmUp++) await query(warmUp);
        var times = new double[samples];
        for (var i = 0; i < samples; i++)
        {
            var start = Stopwatch.GetTimestamp();
            await query(i);
            times[i] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }

        return times;
    }

    private static double[] Times(int samples, Action query)
    {
        query();
        return [.. Enumerable.Range(0, samples).Select(_ =>
        {
            var start = Stopwatch.GetTimestamp();
            query();
            return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        })];
    }

    private static void Report(string name, string store, long rows, int series, double[] times) => BenchOutput.Line(
        "query",
        name,
        ("store", store),
        ("rows", rows),
        ("series", series),
        ("p50Ms", Math.Round(Samples.Percentile(times, 0.5), 3)),
        ("p99Ms", Math.Round(Samples.Percentile(times, 0.99), 3)));
}
