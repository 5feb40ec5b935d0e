using System.Net;
using Microsoft.Data.Sqlite;
using Yarp.ReverseProxy.Configuration;

namespace HoodyLogs.Benchmarks.Proxy;

/// <summary>
/// <c>proxy-server --upstream URL [--bodies true] [--queue N]</c>: runs a YARP proxy in its own process, with one pipeline per <see cref="ProxyMode"/>.
/// <c>mode NAME</c> selects the pipeline. <c>mark</c> waits until all entries are committed and returns the CPU time in microseconds and the allocated
/// bytes. <c>stall</c> and <c>go</c> take and release the write lock of the database.
/// </summary>
internal static class ProxyServer
{
    private static volatile RequestDelegate? _pipeline;

    public static async Task RunAsync(BenchArguments arguments)
    {
        var folder = Directory.CreateTempSubdirectory("hoodylogs-bench-").FullName;
        var database = Path.Combine(folder, "logs.db");
        await using (var app = Build(arguments, database, out var pipelines))
        {
            await app.StartAsync();
            Console.WriteLine($"ready {new Uri(app.Urls.First()).Port}");
            using var stall = new SqliteConnection($"Data Source={database};Pooling=False");
            while (await Console.In.ReadLineAsync() is { } order) Console.WriteLine(await ObeyAsync(order, app, pipelines, stall));
            await app.StopAsync();
        }

        Directory.Delete(folder, recursive: true);
    }

    private static WebApplication Build(BenchArguments arguments, string database, out Dictionary<string, RequestDelegate> pipelines)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { EnvironmentName = "Production" });
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Logging.ClearProviders().SetMinimumLevel(LogLevel.Warning).AddProvider(new DiscardingProvider());
        builder.Logging.AddFilter("Microsoft.AspNetCore.HttpLogging", LogLevel.Information);
        builder.Services.AddReverseProxy().LoadFromMemory(
            [new RouteConfig { RouteId = "all", ClusterId = "upstream", Match = new RouteMatch { Path = "/{**rest}" } }],
            [
                new ClusterConfig
                {
                    ClusterId = "upstream",
                    Destinations = new Dictionary<string, DestinationConfig> { ["first"] = new() { Address = arguments.Text("upstream", "")! } },
                },
            ]);
        builder.Services.AddHttpLogging();
        builder.Services.AddProxyLogs(options =>
        {
            options.Sqlite.Database = database;
            options.Capture.CaptureRequestBody = options.Capture.CaptureResponseBody = arguments.Has("bodies");
            options.Queue.Capacity = (int)arguments.Number("queue", options.Queue.Capacity);
        });

        var app = builder.Build();
        var modes = new Dictionary<string, RequestDelegate>();
        ((IApplicationBuilder)app).Use(next =>
        {
            modes[ProxyMode.Off] = next;
            modes[ProxyMode.HoodyLogs] = Branch(app, next, branch => branch.UseProxyLogs());
            modes[ProxyMode.HttpLogging] = modes[ProxyMode.HttpLoggingText] = Branch(app, next, branch => branch.UseHttpLogging());
            _pipeline = next;
            return context => _pipeline(context);
        });
        app.MapReverseProxy();
        pipelines = modes;
        return app;
    }

    private static RequestDelegate Branch(IApplicationBuilder app, RequestDelegate next, Action<IApplicationBuilder> use)
    {
        var branch = app.New();
        use(branch);
        branch.Run(next);
        return branch.Build();
    }

    private static async Task<string> ObeyAsync(
        string order, WebApplication app, Dictionary<string, RequestDelegate> pipelines, SqliteConnection stall)
    {
        if (order.Split(' ') is ["mode", var mode])
        {
            DiscardingProvider.MakesText = mode == ProxyMode.HttpLoggingText;
            _pipeline = pipelines[mode];
        }
        else if (order == "stall")
        {
            await stall.OpenAsync();
            await ExecuteAsync(stall, "BEGIN IMMEDIATE");
        }
        else if (order == "go")
        {
            await ExecuteAsync(stall, "ROLLBACK");
        }
        else
        {
            await app.Services.GetRequiredService<ILogSink>().FlushAsync(CancellationToken.None);
        }

        return $"{Environment.CpuUsage.TotalTime.TotalMicroseconds:F0} {GC.GetTotalAllocatedBytes(precise: true)}";
    }

    private static async Task ExecuteAsync(SqliteConnection connection, string sql)
    {
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // the two statements above
        command.CommandText = sql;
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>Accepts all messages and discards them. Formats the text of a message only if a provider that writes it has to.</summary>
    private sealed class DiscardingProvider : ILoggerProvider, ILogger
    {
        public static volatile bool MakesText;

        public ILogger CreateLogger(string categoryName) => this;

        public bool IsEnabled(LogLevel logLevel) => true;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (MakesText) formatter(state, exception);
        }

        public void Dispose()
        {
        }
    }
}
