using System.Diagnostics;
using System.Net;
using FluentAssertions;
using HoodyLogs.AspNetCore.Capture.Logging;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using NUnit.Framework;

namespace HoodyLogs.AspNetCore.Tests.Capture;

/// <summary>The trace id of an exchange is the one that the upstream of a proxy receives.</summary>
[NonParallelizable]
public sealed class TraceCorrelationTests
{
    private const string Given = "4bf92f3577b34da6a3ce929d0e0e4736";
    private const string TraceParent = $"00-{Given}-00f067aa0ba902b7-01";

    [Test]
    public async Task E4_behind_YARP_the_upstream_and_the_entries_agree([Values] bool withTraceParent, [Values] RequestEntryMode mode)
    {
        await using var upstream = await StartUpstreamAsync();
        await using var proxy = await StartProxyAsync(upstream, options => options.Capture.RequestEntry = mode);
        var received = await GetAsync(proxy.Client, withTraceParent ? TraceParent : null);
        var records = await TakeAsync(proxy, mode == RequestEntryMode.AtArrival ? 2 : 1);
        received.Should().StartWith($"00-{records[0].TraceId}-");
        records.Should().OnlyContain(record => record.TraceId == records[0].TraceId && record.TraceId!.Length == 32);
        if (withTraceParent) records[0].TraceId.Should().Be(Given);
    }

    [Test]
    public async Task E4_events_in_the_flow_of_an_exchange_carry_its_trace_id([Values] bool replaces)
    {
        await using var upstream = await StartUpstreamAsync();
        await using var proxy = await StartProxyAsync(upstream, before: app => app.Use(async (_, next) =>
        {
            if (replaces) Activity.Current = null;
            using var begun = new Activity("begun by middleware").Start();
            await next();
        }), logs: true);
        var received = await GetAsync(proxy.Client);
        var records = await TakeAsync(proxy, 2);
        records.Select(record => record.Shape).Should().Equal(RecordShape.Event, RecordShape.Exchange);
        records.Should().OnlyContain(record => received.StartsWith($"00-{record.TraceId}-", StringComparison.Ordinal));
    }

    [Test]
    public async Task E4_an_activity_in_the_hierarchical_format_gives_no_trace_id([Values] bool withTraceParent)
    {
        var (format, isForced) = (Activity.DefaultIdFormat, Activity.ForceDefaultIdFormat);
        (Activity.DefaultIdFormat, Activity.ForceDefaultIdFormat) = (ActivityIdFormat.Hierarchical, true);
        try
        {
            await using var server = await CaptureServer.StartAsync(app => app.MapGet("/", () => Activity.Current?.IdFormat.ToString()), build: Log);
            (await GetAsync(server.Client, withTraceParent ? TraceParent : null)).Should().Be("Hierarchical");
            var traceId = (await server.NextAsync()).Request().TraceId;
            if (withTraceParent) traceId.Should().Be(Given);
            else Guid.TryParseExact(traceId, "D", out _).Should().BeTrue(traceId);
        }
        finally
        {
            (Activity.DefaultIdFormat, Activity.ForceDefaultIdFormat) = (format, isForced);
        }
    }

    [Test]
    public async Task E4_an_activity_that_is_older_than_the_request_is_not_its_own()
    {
        using var shared = new Activity("shared").SetIdFormat(ActivityIdFormat.W3C).Start();
        Activity.Current = null;
        await using var server = await CaptureServer.StartAsync(
            app => app.MapGet("/", (HttpContext context) => context.Features.GetRequiredFeature<IHttpActivityFeature>().Activity.TraceId.ToHexString()),
            before: app => app.Use((_, next) =>
            {
                Activity.Current = shared;
                return next();
            }),
            build: Log);
        var own = await GetAsync(server.Client);
        (await server.NextAsync()).TraceId.Should().Be(own).And.NotBe(shared.TraceId.ToHexString());
    }

    [Test]
    public async Task E4_without_an_activity_of_the_request_a_shared_one_gives_no_trace_id()
    {
        using var shared = new Activity("of the host").SetIdFormat(ActivityIdFormat.W3C).Start();
        await using var server = await CaptureServer.StartAsync(app => app.MapGet("/", () => "answer"));
        await GetAsync(server.Client);
        await GetAsync(server.Client);
        var ids = (await TakeAsync(server, 2)).Select(record => record.Request().TraceId).ToList();
        ids.Should().OnlyHaveUniqueItems().And.NotContain(shared.TraceId.ToHexString());
    }

    private static Task<CaptureServer> StartUpstreamAsync() => CaptureServer.StartAsync(
        app => app.MapGet("/", (HttpContext context) => context.Request.Headers.TraceParent.ToString()));

    /// <summary>A proxy with default logging, so that its requests have activities.</summary>
    private static Task<CaptureServer> StartProxyAsync(
        CaptureServer upstream, Action<ProxyLogsOptions>? options = null, Action<WebApplication>? before = null, bool logs = false) => CaptureServer.StartProxyAsync(
        upstream.Address,
        options,
        before: before,
        build: builder =>
        {
            Log(builder);
            if (logs) builder.Logging.AddProxyLogs().AddFilter<ProxyLogsLoggerProvider>("Yarp.ReverseProxy.Forwarder", LogLevel.Information);
        });

    private static void Log(WebApplicationBuilder builder) => builder.Logging.AddProvider(new Listening());

    private static async Task<string> GetAsync(HttpClient client, string? traceParent = null)
    {
        // Without an activity of the client, which would add a traceparent to the request.
        using var handler = new SocketsHttpHandler { ActivityHeadersPropagator = null };
        using var plain = new HttpClient(handler) { BaseAddress = client.BaseAddress };
        using var request = new HttpRequestMessage(HttpMethod.Get, "/") { Version = HttpVersion.Version11 };
        if (traceParent is not null) request.Headers.Add("traceparent", traceParent);
        using var response = await plain.SendAsync(request);
        return await response.Content.ReadAsStringAsync();
    }

    private static async Task<List<LogRecord>> TakeAsync(CaptureServer server, int count)
    {
        var records = new List<LogRecord>();
        while (records.Count < count)
        {
            var record = await server.NextAsync();
            if (records.Count > 0 && record.Shape == RecordShape.Event) continue; // one is enough
            records.Add(record);
        }

        return records;
    }

    /// <summary>A logger that is enabled for all levels and stores nothing.</summary>
    private sealed class Listening : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
        }

        public void Dispose()
        {
        }
    }
}
