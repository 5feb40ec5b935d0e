using System.Net;
using HoodyLogs.Tail.Ring;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace HoodyLogs.AspNetCore.Tests.Endpoints;

/// <summary>Runs a host on Kestrel with two ports (HTTP/1.1, and HTTP/2 without TLS) and a database file.</summary>
internal sealed class StreamServer : IAsyncDisposable
{
    public const string AdminToken = "the-admin-token-of-the-tests";
    public const string ContainerToken = "the-token-of-container-c1";

    private readonly WebApplication _app;

    private StreamServer(WebApplication app)
    {
        _app = app;
        Address = new Uri(app.Urls.First());
        Http2Address = new Uri(app.Urls.Last());
        Sink = Services.GetRequiredService<ILogSink>();
        Store = Services.GetRequiredService<ILogStore>();
        Ring = Services.GetRequiredService<LogRing>();
    }

    public Uri Address { get; }

    public Uri Http2Address { get; }

    public IServiceProvider Services => _app.Services;

    public ILogSink Sink { get; }

    public ILogStore Store { get; }

    public LogRing Ring { get; }

    public static async Task<StreamServer> StartAsync(
        string database, Action<ProxyLogsOptions>? configure = null, TimeProvider? time = null, ILogStore? store = null,
        IEnumerable<KeyValuePair<string, string?>>? settings = null, string environment = "Production", int port = 0,
        Action<WebApplicationBuilder>? build = null, Action<WebApplication>? map = null)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { EnvironmentName = environment });
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, port, listen => listen.Protocols = HttpProtocols.Http1);
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2);
        });
        builder.Logging.ClearProviders();
        if (settings is not null) builder.Configuration.AddInMemoryCollection(settings);
        if (time is not null) builder.Services.AddSingleton(time);
        if (store is not null) builder.Services.AddSingleton(store);
        builder.Services.AddProxyLogs(options =>
        {
            options.Sqlite.Database = database;
            options.Sqlite.MinFreeBytes = 0;
            options.Limits.MaxStreams = 10_000;
            options.Limits.ReadsPerMinute = 10_000_000;
            if (settings is null)
            {
                options.Access.Tokens = [
                    new AccessToken { Token = AdminToken, Admin = true },
                    new AccessToken { Token = ContainerToken, ProjectId = "p1", ContainerId = "c1" },
                ];
            }

            configure?.Invoke(options);
        });
        build?.Invoke(builder);
        var app = builder.Build();
        map?.Invoke(app);
        app.MapProxyLogs();
        await app.StartAsync();
        return new StreamServer(app);
    }

    public Task<StreamClient> TailAsync(string query = "", long? lastEventId = null, string token = AdminToken) =>
        StreamClient.OpenAsync(Address, query, lastEventId, token);

    public async Task WriteAsync(params LogRecord[] records)
    {
        foreach (var record in records) Sink.TryWrite(record);
        await Sink.FlushAsync(CancellationToken.None);
    }

    public Task<IReadOnlyList<LogEntry>> StoredAsync(long after = 0) =>
        Store.ListAsync(LogScope.All, new LogQuery { Limit = int.MaxValue, AfterId = after, CountTotal = false }).AsTask();

    public Task StopAsync() => Services.GetRequiredService<IHost>().StopAsync();

    public async ValueTask DisposeAsync()
    {
        // Stopped before it is disposed; otherwise the host may accept a request whose services are disposed.
        await StopAsync();
        await _app.DisposeAsync();
    }
}
