using System.Net;
using HoodyLogs.Writing;
using Microsoft.Data.Sqlite;
using Yarp.ReverseProxy.Configuration;

namespace HoodyLogs.Benchmarks.Proxy;

/// <summary>
/// <c>proxy-server --kind off|hoodylogs|hoodylogs-bodies|httplogging|httplogging-text --upstream URL</c>: a YARP proxy in a process of its own. Answers
/// <c>mark</c>, once all entries are committed, with its CPU time in microseconds and the bytes that it has allocated; <c>stall</c> and
/// <c>go</c> hold and give back the write lock of its database.
/// </summary>
internal static class ProxyServer
{
    public static async Task RunAsync(BenchArguments arguments)
    {
        var kind = arguments.Text("kind", "off")!;
        var folder = Directory.CreateTempSubdirectory("hoodylogs-bench-").FullName;
        var database = Path.Combine(folder, "logs.db");
        await using (var app = Build(kind, arguments, database))
        {
            await app.StartAsync();
            Console.WriteLine($"ready {new Uri(app.Urls.First()).Port}");
            using var stall = new SqliteConnection($"Data Source={database};Pooling=False");
            while (await Console.In.ReadLineAsync() is { } order) Console.WriteLine(await ObeyAsync(order, app, stall));
            await app.StopAsync();
        }

        Directory.Delete(folder, recursive: true);
    }

    private static WebApplication Build(string kind, BenchArguments arguments, string database)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { EnvironmentName = "Production" });
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Logging.ClearProviders().SetMinimumLevel(LogLevel.Warning).AddProvider(new DiscardingProvider(makesText: kind == "httplogging-text"));
        builder.Services.AddReverseProxy().LoadFromMemory(
            [new RouteConfig { RouteId = "all", ClusterId = "upstream", Match = new RouteMatch { Path = "/{**rest}" } }],
            [
                new ClusterConfig
                {
                    ClusterId = "upstream",
                    Destinations = new Dictionary<string, DestinationConfig> { ["first"] = new() { Address = arguments.Text("upstream", "")! } },
                },
            ]);
        var isHttpLogging = kind is "httplogging" or "httplogging-text";
        if (isHttpLogging)
        {
            builder.Logging.AddFilter("Microsoft.AspNetCore.HttpLogging", LogLevel.Information);
            builder.Services.AddHttpLogging();
        }
        else if (kind != "off")
        {
            builder.Services.AddProxyLogs(options =>
            {
                options.Database = database;
                options.Capture.RequestBody = options.Capture.ResponseBody = kind == "hoodylogs-bodies";
                options.Queue.Capacity = (int)arguments.Number("queue", options.Queue.Capacity);
            });
        }

        var app = builder.Build();
        if (isHttpLogging) app.UseHttpLogging();
        else if (kind != "off") app.UseProxyLogs();
        app.MapReverseProxy();
        return app;
    }

    private static async Task<string> ObeyAsync(string order, WebApplication app, SqliteConnection stall)
    {
        if (order == "stall")
        {
            await stall.OpenAsync();
            await ExecuteAsync(stall, "BEGIN IMMEDIATE");
        }
        else if (order == "go")
        {
            await ExecuteAsync(stall, "ROLLBACK");
        }
        else if (app.Services.GetService<ILogSink>() is { } sink)
        {
            await sink.FlushAsync(CancellationToken.None);
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

    /// <summary>Wants everything and keeps nothing; the text of a message is made where a provider that writes it would have to, else not even that.</summary>
    private sealed class DiscardingProvider(bool makesText) : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public bool IsEnabled(LogLevel logLevel) => true;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (makesText) formatter(state, exception);
        }

        public void Dispose()
        {
        }
    }
}
