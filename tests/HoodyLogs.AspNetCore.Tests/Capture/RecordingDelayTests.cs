using System.Text.Json;
using FluentAssertions;
using HoodyLogs.AspNetCore.Capture.Open;
using HoodyLogs.TestSupport;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using NUnit.Framework;

namespace HoodyLogs.AspNetCore.Tests.Capture;

/// <summary>A client that has received a response finds its exchange in the log, although the exchange is recorded a moment later.</summary>
public sealed class RecordingDelayTests
{
    private const string Token = "the-admin-token-of-the-tests";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    public enum Ending
    {
        ContentLength,
        Pipe,
        Completed,
    }

    [Test]
    public async Task Flush_and_reads_wait_for_a_completed_response_that_is_not_recorded([Values] Ending ending, [Values] bool withinTheHandler)
    {
        using var folder = new TestFolder();
        var gate = new TaskCompletionSource();
        await using var app = await StartAsync(folder, onTestServer: false, gate.Task, ending, withinTheHandler);
        app.Services.GetRequiredService<OpenExchanges>().MaxRecordingDelay = Limit;
        using var client = Client(app);
        using var reader = Client(app); // on a separate connection
        (await client.GetStringAsync(new Uri("/held", UriKind.Relative))).Should().Be("held");

        var flush = app.Services.GetRequiredService<ILogSink>().FlushAsync(CancellationToken.None);
        var read = reader.GetStringAsync(new Uri("/api/proxy-logs/_logs?q=held", UriKind.Relative));
        flush.IsCompleted.Should().BeFalse();
        gate.SetResult();
        await flush.WaitAsync(Limit, TimeProvider.System);
        JsonDocument.Parse(await read).RootElement.GetProperty("total").GetInt32().Should().Be(2);
    }

    [Test]
    public async Task An_exchange_that_does_not_end_delays_readers_only_for_a_limited_time()
    {
        using var folder = new TestFolder();
        var gate = new TaskCompletionSource();
        await using var app = await StartAsync(folder, onTestServer: false, gate.Task);
        using var client = Client(app);
        using var reader = Client(app); // on a separate connection
        (await client.GetStringAsync(new Uri("/held", UriKind.Relative))).Should().Be("held");
        await app.Services.GetRequiredService<ILogSink>().FlushAsync(CancellationToken.None).WaitAsync(Limit, TimeProvider.System);
        JsonDocument.Parse(await reader.GetStringAsync(new Uri("/api/proxy-logs/_logs?q=held", UriKind.Relative))).RootElement.GetProperty("total").GetInt32().Should().Be(0);
        gate.SetResult();
    }

    [Test]
    public async Task Concurrent_clients_find_their_own_exchanges_immediately([Values] bool onTestServer, [Values] bool flushes)
    {
        using var folder = new TestFolder();
        await using var app = await StartAsync(folder, onTestServer, Task.CompletedTask);
        app.Services.GetRequiredService<OpenExchanges>().MaxRecordingDelay = Limit;
        await Task.WhenAll(Enumerable.Range(0, 8).Select(number => Task.Run(async () =>
        {
            using var asking = Client(app);
            using var reading = Client(app);
            for (var i = 0; i < 60; i++)
            {
                var name = $"x{number}y{i}z";
                (await asking.GetStringAsync(new Uri("/hello/" + name, UriKind.Relative))).Should().Be(name);
                if (flushes) await app.Services.GetRequiredService<ILogSink>().FlushAsync(CancellationToken.None);
                var list = await reading.GetStringAsync(new Uri("/api/proxy-logs/_logs?q=" + name, UriKind.Relative));
                JsonDocument.Parse(list).RootElement.GetProperty("total").GetInt32().Should().Be(2, name);
            }
        })));
    }

    private static async Task<WebApplication> StartAsync(
        TestFolder folder, bool onTestServer, Task gate, Ending ending = Ending.ContentLength, bool withinTheHandler = false)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { EnvironmentName = "Production" });
        if (onTestServer) builder.WebHost.UseTestServer();
        else builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Services.AddProxyLogs(options =>
        {
            (options.Sqlite.Database, options.Sqlite.MinFreeBytes, options.Limits.ReadsPerMinute) = (folder.Database, 0, 1_000_000);
            options.Access.Tokens.Add(new AccessToken { Token = Token, Admin = true });
        });
        var app = builder.Build();
        app.Use(async (context, next) =>
        {
            await next();
            if (context.Request.Path == "/held" && !withinTheHandler) await gate;
        });
        app.UseProxyLogs();
        app.MapGet("/hello/{name}", (string name) => name);
        app.MapGet("/held", async (HttpContext context) =>
        {
            context.Response.ContentLength = 4;
            await AnswerAsync(context.Response, ending);
            if (withinTheHandler) await gate;
        });
        app.MapProxyLogs();
        await app.StartAsync();
        return app;
    }

    private static async Task AnswerAsync(HttpResponse response, Ending ending)
    {
        if (ending == Ending.ContentLength) await response.Body.WriteAsync("held"u8.ToArray());
        if (ending != Ending.ContentLength) await response.BodyWriter.WriteAsync("held"u8.ToArray());
        if (ending == Ending.Completed) await response.CompleteAsync();
    }

    private static HttpClient Client(WebApplication app)
    {
        var server = app.Services.GetRequiredService<IServer>();
        var client = server is TestServer test
            ? test.CreateClient()
            : new HttpClient { BaseAddress = new Uri(server.Features.Get<IServerAddressesFeature>()!.Addresses.First()) };
        client.DefaultRequestHeaders.Add("X-Logs-Token", Token);
        return client;
    }
}
