using System.Diagnostics.Metrics;
using FluentAssertions;
using HoodyLogs.AspNetCore.Capture;
using HoodyLogs.AspNetCore.Capture.Features;
using HoodyLogs.AspNetCore.Capture.Recording;
using HoodyLogs.AspNetCore.Capture.Taps;
using HoodyLogs.Diagnostics;
using HoodyLogs.TestSupport;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using NUnit.Framework;

namespace HoodyLogs.AspNetCore.Tests.Capture.Failures;

/// <summary>Failures of capture do not affect the exchange, and outer code sees the original exceptions of the host.</summary>
public sealed class CaptureFailureTests
{
    private const string FaultHeader = "X-Fault";

    public enum Ending
    {
        Answer,
        Exception,
        Route,
    }

    [Test]
    public async Task A_failure_of_any_call_of_capture_does_not_affect_the_exchange([Values] Ending ending, [Values] RequestEntryMode mode)
    {
        var (outer, restored) = (new List<Exception>(), new List<bool>());
        FaultyFeatures? asked = null;
        var passed = new TaskCompletionSource();
        await using var server = await CaptureServer.StartAsync(
            app =>
            {
                app.UseRouting();
                app.MapPost("/{tenant}", async (HttpContext context) =>
                {
                    var body = await new StreamReader(context.Request.Body).ReadToEndAsync();
                    if (ending == Ending.Exception) throw new FormatException("host's own");
                    context.SetEndpoint(context.GetEndpoint());
                    context.RequestAborted.IsCancellationRequested.Should().BeFalse();
                    context.Response.ContentLength = body.Length;
                    await context.Response.WriteAsync(body);
                    await context.Response.Body.FlushAsync();
                    if (ending == Ending.Route) context.SetEndpoint(null);
                    await context.Response.CompleteAsync();
                });
            },
            options =>
            {
                (options.Capture.RequestEntry, options.Capture.CaptureRequestBody, options.Capture.CaptureResponseBody, options.Capture.CaptureHeaders) = (mode, true, true, true);
                options.Capture.Scope = context => new ExchangeScope((string?)context.Request.RouteValues["tenant"]);
            },
            app => app.Use(async (context, next) =>
            {
                var features = new FaultyFeatures(context.Features, int.Parse(context.Request.Headers[FaultHeader]!));
                var lifetime = features.Get<IHttpRequestLifetimeFeature>();
                try
                {
                    await next(new DefaultHttpContext(features) { RequestServices = context.RequestServices });
                }
                catch (Exception failure)
                {
                    outer.Add(failure);
                    context.Response.StatusCode = 418;
                }

                restored.Add(features.Get<ICaptureFeature>() is ExchangeFeatures || ReferenceEquals(features.Get<IHttpRequestLifetimeFeature>(), lifetime));
                asked = features;
                passed.TrySetResult();
            }));
        var recorder = server.Services.GetRequiredService<ExchangeRecorder>();
        (await PostAsync(server, 0)).Should().Be(ending == Ending.Exception ? "418 " : "200 hello");
        recorder.Failures.Should().Be(0);
        await passed.Task;
        (await server.NextAsync()).Should().NotBeNull();
        var last = asked!.Calls; // includes the calls of recording
        last.Should().BeGreaterThan(10);
        for (var fault = 1; fault <= last; fault++)
        {
            var before = recorder.Failures;
            (await PostAsync(server, fault)).Should().Be(ending == Ending.Exception ? "418 " : "200 hello", "call {0} failed", fault);
            await Eventually.Holds(() => recorder.Failures > before, $"the failure of call {fault} is counted");
        }

        restored.Should().OnlyContain(one => one);
        outer.Should().AllBeOfType<FormatException>();
        outer.Should().HaveCount(ending == Ending.Exception ? last + 1 : 0);
    }

    [Test]
    public async Task Features_are_restored_if_capture_cannot_begin()
    {
        await using var server = await CaptureServer.StartAsync(
            app => app.Run(context =>
            {
                var isOurs = context.Features.Any(feature => feature.Value is ExchangeFeatures or RequestTap or UpgradeTap) || context.Request.Body is RequestTap;
                return context.Response.WriteAsync(isOurs && context.Features.Get<ICaptureFeature>() is not ExchangeFeatures ? "left over" : "fine");
            }),
            before: app => app.Use((context, next) =>
                next(new DefaultHttpContext(new FaultyFeatures(context.Features, int.Parse(context.Request.Headers[FaultHeader]!))))));
        for (var fault = 1; fault <= 40; fault++) (await PostAsync(server, fault)).Should().Be("200 fine", "call {0} failed", fault);
    }

    [Test]
    public async Task A_context_with_few_features_passes()
    {
        await using var server = await CaptureServer.StartAsync(app => app.Run(context => context.Response.WriteAsync("ok")));
        var recorder = server.Services.GetRequiredService<ExchangeRecorder>();
        var passed = 0;
        var middleware = new ProxyLogsMiddleware(_ =>
        {
            passed++;
            return Task.CompletedTask;
        }, recorder);
        IFeatureCollection[] odd =
        [
            new FeatureCollection(), new DefaultHttpContext().Features, Only<IHttpRequestFeature>(new HttpRequestFeature()),
            Only<IHttpResponseFeature>(new HttpResponseFeature()), Only<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(Stream.Null)),
        ];
        foreach (var features in odd) await middleware.InvokeAsync(new DefaultHttpContext(features));
        passed.Should().Be(odd.Length);
    }

    [Test]
    public async Task A_response_without_callbacks_is_recorded_when_the_pipeline_ends()
    {
        await using var server = await CaptureServer.StartAsync(
            app => app.Run(context => context.Response.WriteAsync("ok")),
            before: app => app.Use((context, next) =>
            {
                context.Features.Set<IHttpResponseFeature>(new NoCallbacks(context.Features.GetRequiredFeature<IHttpResponseFeature>()));
                return next(context);
            }));
        (await server.Client.GetStringAsync("/a")).Should().Be("ok");
        (await server.NextAsync()).Url.Should().Be("/a");
        server.Services.GetRequiredService<ExchangeRecorder>().Failures.Should().Be(1);
    }

    [Test]
    public async Task A_failing_sink_logger_listener_or_clock_does_not_affect_the_exchange([Values] bool waits)
    {
        var clock = new FailingClock();
        var logger = new FailingLogger();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name == LogMetrics.MeterName) listener.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<long>((_, _, _, _) => throw new InvalidOperationException("listener"));
        listener.Start();
        await using var server = await CaptureServer.StartAsync(
            app => app.MapPost("/", async (HttpContext context) => await context.Request.BodyReader.CopyToAsync(context.Response.Body)),
            options =>
            {
                (options.Capture.CaptureRequestBody, options.Capture.CaptureResponseBody) = (true, true);
                if (waits) options.Queue.WhenFull = QueueFullMode.Wait;
            },
            build: builder =>
            {
                builder.Services.AddSingleton<ILogSink, FailingSink>();
                builder.Services.AddSingleton<TimeProvider>(clock);
                builder.Logging.AddProvider(logger);
            });
        var recorder = server.Services.GetRequiredService<ExchangeRecorder>();
        (await PostAsync(server, 0)).Should().Be("200 hello");
        await Eventually.Holds(() => recorder.Failures == 1, "the sink's failure is counted");
        await Eventually.Holds(() => recorder.BodyMemory.Used == 0, "the bodies are let go");
        clock.Fails = true;
        (await PostAsync(server, 0)).Should().Be("200 hello");
        await Eventually.Holds(() => recorder.Failures == 2, "the clock's failure is counted");
        logger.Calls.Should().Be(2, "each kind is said once");
        clock.Fails = false;
        (await PostAsync(server, 0)).Should().Be("200 hello");
        await Eventually.Holds(() => recorder.Failures == 3, "each failure is counted");
        logger.Calls.Should().Be(2, "each kind is said once");
    }

    [Test]
    public async Task A_delegate_that_never_returns_does_not_block_the_stop_of_the_host()
    {
        using var release = new ManualResetEventSlim();
        var entered = new TaskCompletionSource();
        var server = await CaptureServer.StartAsync(
            app => app.MapGet("/", () => "ok"),
            options => options.Capture.Enrich = (_, _) =>
            {
                entered.TrySetResult();
                release.Wait();
            },
            build: builder => builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromMilliseconds(100)));
        try
        {
            (await server.Client.GetStringAsync("/")).Should().Be("ok");
            await entered.Task;
            var stopped = server.Services.GetRequiredService<IHost>().StopAsync();
            await Eventually.Holds(() => stopped.IsCompleted, "the host stops");
        }
        finally
        {
            release.Set();
            await server.DisposeAsync();
        }
    }

    private static async Task<string> PostAsync(CaptureServer server, int fault)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/acme") { Content = new StringContent("hello") };
        if (server.Services.GetRequiredService<ILogSink>() is FailingSink) request.RequestUri = new Uri("/", UriKind.Relative);
        request.Headers.Add(FaultHeader, fault.ToString());
        using var response = await server.Client.SendAsync(request);
        return $"{(int)response.StatusCode} {await response.Content.ReadAsStringAsync()}";
    }

    private static FeatureCollection Only<T>(T feature)
    {
        var features = new FeatureCollection();
        features.Set(feature);
        return features;
    }

    private sealed class NoCallbacks(IHttpResponseFeature inner) : IHttpResponseFeature
    {
        public int StatusCode { get => inner.StatusCode; set => inner.StatusCode = value; }

        public string? ReasonPhrase { get => inner.ReasonPhrase; set => inner.ReasonPhrase = value; }

        public IHeaderDictionary Headers { get => inner.Headers; set => inner.Headers = value; }

#pragma warning disable CS0618 // the interface has it
        public Stream Body { get => inner.Body; set => inner.Body = value; }
#pragma warning restore CS0618

        public bool HasStarted => inner.HasStarted;

        public void OnStarting(Func<object, Task> callback, object state) => inner.OnStarting(callback, state);

        public void OnCompleted(Func<object, Task> callback, object state) => throw new NotSupportedException();
    }

    private sealed class FailingSink : ILogSink
    {
        public bool TryWrite(LogRecord record) => throw new InvalidOperationException("sink");

        public ValueTask<bool> WriteAsync(LogRecord record, CancellationToken cancellationToken) => ValueTask.FromException<bool>(new InvalidOperationException("sink"));

        public Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }

    private sealed class FailingClock : TimeProvider
    {
        public bool Fails { get; set; }

        public override long GetTimestamp() => Fails ? throw new InvalidOperationException("clock") : base.GetTimestamp();
    }

    private sealed class FailingLogger : ILoggerProvider, ILogger
    {
        public int Calls { get; private set; }

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (eventId.Id != 400) return;
            Calls++;
            throw new InvalidOperationException("logger");
        }

        public void Dispose()
        {
        }
    }
}
