using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using HoodyLogs.AspNetCore;
using HoodyLogs.Benchmarks.Baselines;
using Microsoft.Data.Sqlite;

namespace HoodyLogs.Benchmarks.Endpoints;

/// <summary>
/// Hosts the logs API over a filled store, and the endpoints that it is compared with: <c>/memory</c> returns bytes from memory, <c>/plain</c> reads a plain
/// table into objects and serializes them.
/// </summary>
internal sealed class ListServer : IAsyncDisposable
{
    public const string Token = "the-token-of-the-benchmark";
    public const string List = "/api/proxy-logs/_logs";

    private readonly WebApplication _app;
    private readonly PlainStore? _plain;
    private readonly ConcurrentBag<SqliteConnection> _connections = [];
    private byte[] _remembered = [];

    private ListServer(WebApplication app, PlainStore? plain) => (_app, _plain) = (app, plain);

    public int Port => new Uri(_app.Urls.First()).Port;

    public static async Task<ListServer> StartAsync(string database, string? plain, bool fanout)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { EnvironmentName = "Production" });
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Logging.ClearProviders();
        builder.Services.AddProxyLogs(options =>
        {
            options.Sqlite.Database = database;
            options.AdminFanout = fanout;
            options.Limits.ReadsPerMinute = 10_000_000;
            options.Retention.MaxEntries = 0;
            options.Retention.MaxAge = TimeSpan.FromDays(3_650);
            options.Access.Tokens = [new AccessToken { Token = Token, Admin = true }];
        });
        var app = builder.Build();
        var server = new ListServer(app, plain is null ? null : new PlainStore(plain));
        app.MapProxyLogs();
        app.MapGet("/memory", server.MemoryAsync);
        app.MapGet("/plain", server.PlainAsync);
        await app.StartAsync();
        return server;
    }

    /// <summary>Makes <c>/memory</c> return what the logs API returns now.</summary>
    public async Task RememberAsync(string query)
    {
        using var client = new HttpClient { BaseAddress = new Uri(_app.Urls.First()) };
        client.DefaultRequestHeaders.Add("X-Logs-Token", Token);
        _remembered = await client.GetByteArrayAsync(new Uri($"{List}?{query}", UriKind.Relative));
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        foreach (var connection in _connections) await connection.DisposeAsync();
        _plain?.Dispose();
    }

    private async Task MemoryAsync(HttpContext context)
    {
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = _remembered.Length;
        await context.Response.Body.WriteAsync(_remembered, context.RequestAborted);
    }

    private async Task PlainAsync(HttpContext context)
    {
        var limit = int.Parse(context.Request.Query["limit"]!, CultureInfo.InvariantCulture);
        if (!_connections.TryTake(out var connection)) connection = _plain!.Open();
        var (total, entries) = PlainStore.Read(connection, "", "ORDER BY id LIMIT $limit", ("$limit", limit));
        _connections.Add(connection);
        await context.Response.WriteAsJsonAsync(new PlainPage(entries, total, limit, 0), context.RequestAborted);
    }

    private sealed record PlainPage(List<PlainEntry> Entries, long Total, int Limit, long Offset);
}
