using System.Text.Json;
using HoodyLogs.AspNetCore.Access.Options;
using HoodyLogs.AspNetCore.Endpoints;
using HoodyLogs.AspNetCore.Endpoints.Options;
using HoodyLogs.Configuration;
using HoodyLogs.Diagnostics;
using HoodyLogs.Storage.Sqlite;
using HoodyLogs.Storage.Sqlite.Database;
using HoodyLogs.Tail.Gaps;
using HoodyLogs.Tail.Ring;
using HoodyLogs.TestSupport;
using HoodyLogs.Writing;
using HoodyLogs.Writing.Queue;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace HoodyLogs.AspNetCore.Tests.Endpoints;

/// <summary>Runs the logs API on Kestrel with an admin token. The test fills the store itself.</summary>
internal sealed class LogsApiServer : IAsyncDisposable
{
    public const string AdminToken = "the-admin-token-of-the-tests";

    private readonly WebApplication _app;

    private readonly TestFolder _folder;

    private LogsApiServer(WebApplication app, TestFolder folder, ILogStore store, TestOptions options)
    {
        _app = app;
        _folder = folder;
        Store = store;
        Options = options;
        Client = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
        Client.DefaultRequestHeaders.Add("X-Logs-Token", AdminToken);
    }

    public ILogStore Store { get; }

    /// <summary>The model store of the server, which a test can make fail.</summary>
    public ModelLogStore Model => (ModelLogStore)Store;

    public TestOptions Options { get; }

    public IServiceProvider Services => _app.Services;

    /// <summary>The store. Only the test writes to it.</summary>
    public LogQueue Queue => _app.Services.GetRequiredService<LogQueue>();

    /// <summary>A client with the admin token.</summary>
    public HttpClient Client { get; }

    public Uri Address => Client.BaseAddress!;

    public static async Task<LogsApiServer> StartAsync(
        Action<ProxyLogsOptions>? configure = null, string environment = "Production", Action<WebApplicationBuilder>? build = null,
        Action<WebApplication>? map = null, TimeProvider? time = null, bool onModel = false)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { EnvironmentName = environment });
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        time ??= TimeProvider.System;
        var folder = new TestFolder();
        ILogStore store = onModel ? new ModelLogStore(time) : Sqlite(folder, time);
        await store.OpenAsync(CancellationToken.None);
        var options = new TestOptions(configure ?? (_ => { }));
        var metrics = new LogMetrics();
        var health = new WriterHealth();
        health.Opened();
        builder.Services.AddSingleton(time).AddSingleton<ILogStore>(store)
            .AddSingleton<ILastGoodOptions<IAccessSettings>>(options).AddSingleton<ILastGoodOptions<IEndpointSettings>>(options)
            .AddSingleton(new LogRing(new TailOptions().RingEntries)).AddSingleton<GapHistory>().AddSingleton(metrics).AddSingleton(health)
            .AddSingleton(new LogQueue(new QueueOptions(), time, metrics)).AddLogsApi();
        build?.Invoke(builder);
        var app = builder.Build();
        if (map is null) app.MapProxyLogs();
        else map(app);
        await app.StartAsync();
        return new LogsApiServer(app, folder, store, options);
    }

    /// <summary>Segments have few rows, so that each read crosses their boundaries.</summary>
    private static SqliteLogStore Sqlite(TestFolder folder, TimeProvider time) => new(
        new SqliteStoreSettings(folder.Database) { SegmentRows = 64, BeforeFirstId = 0 }, () => new RetentionOptions(), time, NullLogger<SqliteLogStore>.Instance);

    public async Task AppendAsync(params LogRecord[] records) => await Store.AppendAsync(records, CancellationToken.None);

    /// <summary>A client without any token.</summary>
    public HttpClient Stranger() => new() { BaseAddress = Address };

    public async Task<JsonElement> GetAsync(string path) => JsonDocument.Parse(await Client.GetStringAsync(new Uri(path, UriKind.Relative))).RootElement;

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
        await Store.DisposeAsync();
        _folder.Dispose();
    }
}

/// <summary>Options with an admin token. A test replaces them as a reload does.</summary>
internal sealed class TestOptions : ILastGoodOptions<ProxyLogsOptions>
{
    public TestOptions(Action<ProxyLogsOptions> configure) => Swap(configure);

    public ProxyLogsOptions Current { get; private set; } = new();

    public void Swap(Action<ProxyLogsOptions> configure)
    {
        var next = new ProxyLogsOptions();
        next.Access.Tokens.Add(new AccessToken { Token = LogsApiServer.AdminToken, Admin = true });
        next.Limits.ReadsPerMinute = 10_000_000;
        configure(next);
        Current = next;
    }

    public IDisposable OnChange(Action<ProxyLogsOptions> changed) => new Nothing();

    private sealed class Nothing : IDisposable
    {
        public void Dispose()
        {
        }
    }
}
