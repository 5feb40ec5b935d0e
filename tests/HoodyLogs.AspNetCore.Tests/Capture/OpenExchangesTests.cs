using System.Net.Sockets;
using System.Text;
using FluentAssertions;
using HoodyLogs.AspNetCore.Capture.Open;
using HoodyLogs.TestSupport;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace HoodyLogs.AspNetCore.Tests.Capture;

/// <summary>Exchanges leave the list of open exchanges however they end.</summary>
public sealed class OpenExchangesTests
{
    [Test]
    public async Task No_exchange_stays_open_after_aborts_and_exceptions([Values] bool atArrival, [Values(1, 2)] int http)
    {
        await using var server = await CaptureServer.StartAsync(Map, options =>
        {
            options.Capture.RequestEntry = atArrival ? RequestEntryMode.AtArrival : RequestEntryMode.AtCompletion;
            options.Capture.Keep = exchange => exchange.Context.Request.Path != "/unkept" ? true : throw new InvalidOperationException();
            options.Capture.Scope = context => context.Request.Path != "/noscope" ? default : throw new InvalidOperationException();
        });
        var open = server.Services.GetRequiredService<OpenExchanges>();
        var client = http == 1 ? server.Client : server.Http2Client;
        string[] paths = ["/", "/throw", "/begun", "/abort", "/unkept", "/noscope", "/disabled", "/missing", "/wait"];
        await Task.WhenAll(Enumerable.Range(0, 200).Select(async i =>
        {
            var path = paths[i % paths.Length];
            using var leaving = new CancellationTokenSource();
            if (path == "/wait") leaving.CancelAfter(TimeSpan.FromMilliseconds(i % 20));
            try
            {
                using var response = await client.GetAsync(path, HttpCompletionOption.ResponseHeadersRead, leaving.Token);
                if (i % 3 == 0) await response.Content.ReadAsStringAsync(leaving.Token);
            }
            catch (Exception failure) when (failure is HttpRequestException or OperationCanceledException or IOException)
            {
                // The connection is aborted as expected.
            }
        }));
        await Eventually.Holds(() => open.Count == 0, "all have ended");
        open.OlderThan(TimeSpan.MinValue).Should().BeEmpty();
    }

    [Test]
    public async Task No_exchange_stays_open_if_capture_fails_or_outer_middleware_answers()
    {
        await using var server = await CaptureServer.StartAsync(
            Map,
            before: app => app.Use(async (context, next) =>
            {
                // Callbacks cannot be registered after the pipeline has ended.
                if (context.Request.Path == "/unregistered") context.Features.Set<IHttpResponseFeature>(new Unregistrable());
                try
                {
                    await next();
                }
                catch (InvalidOperationException)
                {
                    context.Features.Get<IHttpActivityFeature>();
                }
            }));
        var open = server.Services.GetRequiredService<OpenExchanges>();
        foreach (var path in new[] { "/unregistered", "/throw", "/" })
        {
            try
            {
                (await server.Client.GetAsync(path)).Dispose();
            }
            catch (HttpRequestException)
            {
                // The response of the host does not matter here.
            }
        }

        await Eventually.Holds(() => open.Count == 0, "all have ended");
    }

    [Test]
    public async Task A_request_that_the_server_rejects_while_reading_does_not_stay_open()
    {
        await using var server = await CaptureServer.StartAsync(Map);
        using (var client = new TcpClient())
        {
            await client.ConnectAsync("127.0.0.1", server.Address.Port);
            await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes("POST /read HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"));
            await client.GetStream().ReadExactlyAsync(new byte[12]);
        }

        await Eventually.Holds(() => server.Services.GetRequiredService<OpenExchanges>().Count == 0, "it has ended");
    }

    [Test]
    public async Task Concurrent_readers_see_each_open_exchange_once()
    {
        var release = new TaskCompletionSource();
        using var entered = new CountdownEvent(20);
        await using var server = await CaptureServer.StartAsync(app =>
        {
            Map(app);
            app.MapGet("/hang", async () =>
            {
                entered.Signal();
                await release.Task;
            });
        });
        var open = server.Services.GetRequiredService<OpenExchanges>();
        var hung = Enumerable.Range(0, 20).Select(_ => server.Http2Client.GetAsync("/hang")).ToList();
        await Eventually.Holds(() => entered.IsSet, "all hang");
        var traffic = Task.WhenAll(Enumerable.Range(0, 2_000).Select(_ => server.Http2Client.GetAsync("/")));
        do
        {
            var seen = open.OlderThan(TimeSpan.Zero).Select(pair => pair.Value).ToList();
            seen.Should().OnlyHaveUniqueItems();
            seen.Count(exchange => exchange.Arrival.Target == "/hang").Should().Be(20);
        }
        while (!traffic.IsCompleted);
        release.SetResult();
        await Task.WhenAll(hung);
        await Eventually.Holds(() => open.Count == 0, "all have ended");
    }

    private static void Map(WebApplication app)
    {
        app.MapGet("/", () => "answer");
        app.MapGet("/unkept", () => "answer");
        app.MapGet("/noscope", () => "answer");
        app.MapGet("/unregistered", () => "answer");
        app.MapGet("/throw", () => { throw new InvalidOperationException(); });
        app.MapGet("/begun", async context =>
        {
            await context.Response.WriteAsync("half");
            await context.Response.Body.FlushAsync();
            throw new InvalidOperationException();
        });
        app.MapGet("/abort", context =>
        {
            context.Abort();
            return Task.CompletedTask;
        });
        app.MapGet("/disabled", () => "answer").DisableProxyLogs();
        app.MapGet("/wait", async context => await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted));
        app.MapPost("/read", async context => await context.Request.Body.CopyToAsync(Stream.Null));
    }

    private sealed class Unregistrable : HttpResponseFeature
    {
        public override void OnCompleted(Func<object, Task> callback, object state) => throw new InvalidOperationException();
    }
}
