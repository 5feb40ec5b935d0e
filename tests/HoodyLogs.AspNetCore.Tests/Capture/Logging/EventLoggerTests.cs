using System.Diagnostics;
using FluentAssertions;
using HoodyLogs.TestSupport;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using NUnit.Framework;

namespace HoodyLogs.AspNetCore.Tests.Capture.Logging;

public sealed class EventLoggerTests
{
    [Test]
    public async Task A_log_record_is_stored_as_an_event_with_the_trace_id_and_scope_of_its_exchange()
    {
        await using var server = await StartAsync("/{tenant}", (logger, _) =>
            logger.LogWarning(new EventId(7, "Odd"), new InvalidOperationException("broken"), "Odd {Thing}", "one"));
        await server.Client.GetAsync("/acme");
        var logged = await server.NextAsync();
        var exchange = await server.NextAsync();
        logged.Shape.Should().Be(RecordShape.Event);
        logged.Level.Should().Be(EntryLevel.Warn);
        logged.TraceId.Should().Be(exchange.TraceId);
        (logged.ProjectId, exchange.ProjectId).Should().Be(("acme", "acme"));
        var entry = logged.Request();
        entry.Data("message").GetString().Should().Be("Odd one");
        entry.Data("category").GetString().Should().Be("Host.Part");
        entry.Data("eventId").GetInt64().Should().Be(7);
        entry.Data("eventName").GetString().Should().Be("Odd");
        entry.Data("exception").GetString().Should().StartWith("System.InvalidOperationException: broken");
    }

    [Test]
    public async Task An_unhandled_exception_that_is_logged_outside_of_the_pipeline_belongs_to_its_exchange()
    {
        await using var server = await StartAsync("/{tenant}", (_, _) => throw new InvalidOperationException("nobody handles this"));
        await server.Client.GetAsync("/acme");
        var (logged, exchange) = (await server.NextAsync(), await server.NextAsync());
        logged.Request().Data("category").GetString().Should().Be("Microsoft.AspNetCore.Server.Kestrel");
        logged.Request().Data("exception").GetString().Should().Contain("nobody handles this");
        (logged.TraceId, logged.ProjectId).Should().Be((exchange.TraceId, "acme"));
        exchange.Status.Should().Be(500);
    }

    [Test]
    public async Task An_activity_that_requests_share_identifies_no_exchange()
    {
        using var shared = new Activity("shared").Start();
        await using var server = await CaptureServer.StartAsync(
            app => app.MapGet("/{tenant}", () => "answer"),
            options => options.Capture.Scope = context => new ExchangeScope((string?)context.Request.RouteValues["tenant"]),
            app => app.Use((_, next) =>
            {
                Activity.Current = shared;
                return next();
            }),
            builder => builder.Logging.AddProxyLogs());
        await server.Client.GetAsync("/acme");
        (await server.NextAsync()).ProjectId.Should().Be("acme");
        server.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Host.Part").LogError("of no request");
        var logged = await server.NextAsync();
        (logged.ProjectId, logged.TraceId).Should().Be((null, shared.TraceId.ToHexString()));
    }

    [Test]
    public async Task Configuration_sets_levels_by_category()
    {
        await using var server = await StartAsync(
            "/{tenant}",
            (_, services) =>
            {
                var factory = services.GetRequiredService<ILoggerFactory>();
                factory.CreateLogger("Chosen.Part").LogDebug("chosen");
                factory.CreateLogger("Other").LogInformation("too light by default");
                factory.CreateLogger("Silent").LogError("switched off");
                factory.CreateLogger("Other").LogCritical("heavy");
            },
            ("Logging:ProxyLogs:LogLevel:Chosen", "Debug"),
            ("Logging:ProxyLogs:LogLevel:Silent", "None"));
        await server.Client.GetAsync("/acme");
        Message(await server.NextAsync()).Should().Be("chosen");
        var heavy = await server.NextAsync();
        (Message(heavy), heavy.Level).Should().Be(("heavy", EntryLevel.Error));
        (await server.NextAsync()).Shape.Should().Be(RecordShape.Exchange);
    }

    [Test]
    public async Task Log_records_of_the_library_are_not_stored()
    {
        await using var server = await CaptureServer.StartAsync(
            app => app.MapGet("/", (ILoggerFactory factory) =>
            {
                factory.CreateLogger("HoodyLogs.Writing.LogWriter").LogError("own");
                factory.CreateLogger("HoodyLogsLike").LogError("host's");
            }),
            options => options.Capture.Scope = context =>
            {
                context.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger("Scope").LogError("logged while asked for the scope");
                return default;
            },
            build: builder => builder.Logging.AddProxyLogs());
        await server.Client.GetAsync("/");
        Message(await server.NextAsync()).Should().Be("host's");
        Message(await server.NextAsync()).Should().Be("logged while asked for the scope");
        (await server.NextAsync()).Shape.Should().Be(RecordShape.Exchange);
        server.Sink.Count.Should().Be(0);
    }

    [Test]
    public async Task Messages_are_truncated_and_redacted()
    {
        await using var server = await StartAsync("/{tenant}", (logger, _) =>
        {
            logger.LogError("GET /a?token=s3cret done");
            logger.LogError(new InvalidOperationException(new string('y', 9_000)), "{Long}", new string('x', 100_000));
        });
        await server.Client.GetAsync("/acme");
        var whole = (await server.NextAsync()).Request();
        whole.Data("message").GetString().Should().Be("GET /a?token=[redacted] done");
        whole.HasData("messageTruncated").Should().BeFalse();
        var cut = (await server.NextAsync()).Request();
        cut.Data("message").GetString().Should().HaveLength(8192);
        cut.Data("messageTruncated").GetBoolean().Should().BeTrue();
        cut.Data("exception").GetString().Should().HaveLength(8192);
        cut.Data("exceptionTruncated").GetBoolean().Should().BeTrue();
    }

    [Test]
    public async Task A_log_record_after_the_end_of_its_exchange_has_no_scope()
    {
        var ended = new TaskCompletionSource();
        Task? late = null;
        await using var server = await StartAsync("/{tenant}", (logger, _) => late = Task.Run(async () =>
        {
            await ended.Task;
            logger.LogError("late");
        }));
        await server.Client.GetAsync("/acme");
        var exchange = await server.NextAsync();
        ended.SetResult();
        await late!;
        var logged = await server.NextAsync();
        exchange.ProjectId.Should().Be("acme");
        (logged.TraceId, logged.ProjectId, logged.ContainerId, logged.ServiceName).Should().Be((exchange.TraceId, null, null, null));
    }

    [Test]
    public void Events_of_the_host_are_written_through_the_sink()
    {
        var sink = new CollectingSink();
        sink.TryWriteEvent(EntryLevel.Warn, "a \"quoted\"\n\ud800", "p", "c", "s", "t", DateTimeOffset.FromUnixTimeMilliseconds(Some.ArrivalMs)).Should().BeTrue();
        var record = sink.NextAsync().Result;
        Message(record).Should().Be("a \"quoted\"\n\ufffd");
        (record.Level, record.ProjectId, record.ContainerId, record.ServiceName, record.TraceId, record.TimestampMs)
            .Should().Be((EntryLevel.Warn, "p", "c", "s", "t", Some.ArrivalMs));
    }

    private static string? Message(LogRecord record) => record.Request().Data("message").GetString();

    private static Task<CaptureServer> StartAsync(
        string pattern, Action<ILogger, IServiceProvider> handle, params (string Key, string Value)[] configuration) => CaptureServer.StartAsync(
        app => app.MapGet(pattern, (ILoggerFactory factory, IServiceProvider services) => handle(factory.CreateLogger("Host.Part"), services)),
        options => options.Capture.Scope = context => new ExchangeScope((string?)context.Request.RouteValues["tenant"]),
        build: builder =>
        {
            foreach (var (key, value) in configuration) builder.Configuration[key] = value;
            builder.Logging.AddConfiguration(builder.Configuration.GetSection("Logging")).AddProxyLogs();
        });
}
