using System.Collections.Concurrent;
using System.Net;
using FluentAssertions;
using HoodyLogs.AspNetCore.Capture.Recording;
using HoodyLogs.TestSupport;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using NUnit.Framework;

namespace HoodyLogs.AspNetCore.Tests.Capture.Logging;

/// <summary>A log record has the scope of the exchange during which it is logged. It never has the scope of another exchange.</summary>
public sealed class EventScopeTests
{
    [Test]
    public async Task Background_work_logs_without_a_scope_after_its_exchange()
    {
        var (ended, timerFired) = (new TaskCompletionSource(), new TaskCompletionSource());
        Task? worker = null;
        Timer? timer = null;
        await using var server = await StartAsync((tenant, logger) =>
        {
            if (tenant != "acme") return;
            logger.LogError("in time");
            worker = Task.Run(async () =>
            {
                await ended.Task;
                logger.LogError("worker");
            });
            timer = new Timer(_ =>
            {
                logger.LogError("timer");
                timerFired.SetResult();
            });
        });
        await server.Client.GetAsync("/acme");
        (await server.NextAsync()).ProjectId.Should().Be("acme");
        (await server.NextAsync()).Shape.Should().Be(RecordShape.Exchange);
        await server.Client.GetAsync("/globex"); // reuses the pooled context
        (await server.NextAsync()).ProjectId.Should().Be("globex");
        ended.SetResult();
        await worker!;
        timer!.Change(TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        await timerFired.Task;
        await timer.DisposeAsync();
        foreach (var message in new[] { "worker", "timer" })
        {
            var logged = await server.NextAsync();
            logged.Request().Data("message").GetString().Should().Be(message);
            (logged.ProjectId, logged.ContainerId, logged.ServiceName).Should().Be((null, null, null));
        }
    }

    [Test]
    public async Task Thousands_of_reused_contexts_never_give_their_scope_to_other_work()
    {
        const int Requests = 3_000;
        var workers = new ConcurrentBag<Task>();
        await using var server = await StartAsync((tenant, logger) =>
        {
            workers.Add(Task.Run(async () =>
            {
                for (var i = 0; i < 3; i++)
                {
                    logger.LogError("of {Tenant}", tenant);
                    await Task.Yield();
                }
            }));
            logger.LogError("of {Tenant}", tenant);
        });
        await Parallel.ForEachAsync(
            Enumerable.Range(0, Requests), new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (i, stop) => await server.Client.GetAsync($"/t{i}", stop));
        await Task.WhenAll(workers);
        await Eventually.Holds(() => server.Sink.Count == 5 * Requests, "everything is recorded");
        var scoped = 0;
        for (var i = 0; i < 5 * Requests; i++)
        {
            var record = await server.NextAsync();
            if (record.Shape != RecordShape.Event) continue;
            var tenant = record.Request().Data("attributes").GetProperty("Tenant").GetString();
            record.ProjectId.Should().BeOneOf(tenant, null);
            (record.ProjectId is null || (record.ContainerId == $"c-{tenant}" && record.ServiceName == $"s-{tenant}")).Should().BeTrue("a scope never tears");
            if (record.ProjectId is not null) scoped++;
        }

        scoped.Should().BeGreaterThanOrEqualTo(Requests, "what an exchange logs itself is in time");
    }

    [Test]
    public async Task A_context_is_not_reused_while_a_slow_delegate_uses_it()
    {
        using var release = new ManualResetEventSlim();
        var (entered, seen) = (new TaskCompletionSource(), new List<string?>());
        Task? worker = null;
        await using var server = await CaptureServer.StartAsync(
            app => app.MapGet("/{tenant}", (string tenant, ILoggerFactory factory) =>
            {
                if (tenant == "acme") worker = Task.Run(() => factory.CreateLogger("Host").LogError("slow"));
                return entered.Task; // the delegate has the context before the exchange ends
            }),
            options => options.Capture.Scope = context =>
            {
                var path = context.Request.Path.Value;
                if (path == "/acme" && entered.TrySetResult())
                {
                    release.Wait();
                    seen.Add(context.Request.Path.Value);
                }

                return new ExchangeScope(path!.TrimStart('/'));
            },
            build: builder => builder.Logging.AddProxyLogs());
        using var client = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 1 }) { BaseAddress = server.Address };
        (await client.GetAsync("/acme")).StatusCode.Should().Be(HttpStatusCode.OK, "the answer does not wait for the delegate");
        (await server.NextAsync()).ProjectId.Should().Be("acme", "nor does the record");
        var second = client.GetAsync("/globex");
        release.Set();
        await worker!;
        await second;
        seen.Should().Equal("/acme");
        var records = new[] { await server.NextAsync(), await server.NextAsync() };
        records.Single(record => record.Shape == RecordShape.Event).ProjectId.Should().Be("acme");
        records.Single(record => record.Shape == RecordShape.Exchange).ProjectId.Should().Be("globex");
    }

    [Test]
    public async Task A_scope_with_invalid_ids_is_not_stored()
    {
        foreach (var odd in new[] { "a\nb", "a\ud800", "\0" })
        {
            await using var server = await CaptureServer.StartAsync(
                app => app.MapGet("/", () => "ok"), options => options.Capture.Scope = _ => new ExchangeScope("acme", odd, "api"));
            (await server.Client.GetAsync("/")).StatusCode.Should().Be(HttpStatusCode.OK);
            var record = await server.NextAsync();
            (record.ProjectId, record.ContainerId, record.ServiceName).Should().Be((null, null, null));
            server.Services.GetRequiredService<ExchangeRecorder>().Failures.Should().Be(1);
        }
    }

    private static Task<CaptureServer> StartAsync(Action<string, ILogger> handle) => CaptureServer.StartAsync(
        app => app.MapGet("/{tenant}", (string tenant, ILoggerFactory factory) => handle(tenant, factory.CreateLogger("Host"))),
        options => options.Capture.Scope = context =>
        {
            var tenant = (string?)context.Request.RouteValues["tenant"];
            return new ExchangeScope(tenant, $"c-{tenant}", $"s-{tenant}");
        },
        build: builder => builder.Logging.AddProxyLogs());
}
