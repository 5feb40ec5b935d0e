using System.Net;
using System.Net.Sockets;
using System.Text;
using FluentAssertions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace HoodyLogs.AspNetCore.Tests.Capture;

/// <summary>The outcome of exchanges: status, level, and the side that ended them.</summary>
public sealed class OutcomeTests
{
    [Test]
    public async Task E5_an_exception_before_the_response_is_an_error_with_status_500_and_its_type()
    {
        await using var server = await CaptureServer.StartAsync(app => app.Run(_ => throw new InvalidOperationException("hush")));
        (await server.Client.GetAsync("/")).StatusCode.Should().Be(HttpStatusCode.InternalServerError);
        var record = await server.NextAsync();
        record.Status.Should().Be(500);
        record.Level.Should().Be(EntryLevel.Error);
        record.Response().Data("exception").GetString().Should().Be("System.InvalidOperationException");
        Encoding.UTF8.GetString(record.ResponseData!).Should().NotContain("hush");
    }

    [Test]
    public async Task E5_an_exception_during_the_response_keeps_the_sent_status()
    {
        await using var server = await CaptureServer.StartAsync(app => app.Run(async context =>
        {
            await context.Response.WriteAsync("begun");
            await context.Response.Body.FlushAsync();
            throw new InvalidOperationException();
        }));
        var read = async () => await server.Client.GetStringAsync("/");
        await read.Should().ThrowAsync<HttpRequestException>();
        var record = await server.NextAsync();
        record.Status.Should().Be(200);
        record.Level.Should().Be(EntryLevel.Error);
    }

    [Test]
    public async Task An_exception_that_outer_middleware_answers_is_one_record_with_the_sent_status()
    {
        await using var server = await CaptureServer.StartAsync(
            app => app.Run(context => context.Request.Path == "/error"
                ? context.Response.WriteAsync("sorry!")
                : throw new InvalidOperationException()),
            before: app => app.UseExceptionHandler("/error"));
        var response = await server.Client.GetAsync("/fails?x=1");
        (await response.Content.ReadAsStringAsync()).Should().Be("sorry!");
        var record = await server.NextAsync();
        record.Status.Should().Be(500);
        record.Level.Should().Be(EntryLevel.Error);
        record.Url.Should().Be("/fails?x=1");
        record.BytesOut.Should().Be("sorry!".Length);
        server.Sink.Count.Should().Be(0);
    }

    [Test]
    public async Task A_status_page_of_outer_middleware_is_counted()
    {
        await using var server = await CaptureServer.StartAsync(
            app => app.Run(context =>
            {
                context.Response.StatusCode = 404;
                return Task.CompletedTask;
            }),
            before: app => app.UseStatusCodePages("text/plain", "missing: {0}"));
        await server.Client.GetAsync("/");
        (await server.NextAsync()).BytesOut.Should().Be("missing: 404".Length);
    }

    [Test]
    public async Task E5_a_request_that_the_server_rejects_is_a_warning()
    {
        await using var server = await CaptureServer.StartAsync(app => app.Run(async context =>
        {
            context.Features.Get<IHttpMaxRequestBodySizeFeature>()!.MaxRequestBodySize = 10;
            await context.Request.Body.CopyToAsync(Stream.Null);
        }));
        (await server.Client.PostAsync("/", new ByteArrayContent(new byte[100]))).StatusCode.Should().Be(HttpStatusCode.RequestEntityTooLarge);
        var record = await server.NextAsync();
        record.Status.Should().Be(413);
        record.Level.Should().Be(EntryLevel.Warn);
    }

    [Test]
    public async Task E5_a_client_that_disconnects_before_the_response_is_a_warning_with_status_499([Values(1, 2)] int http)
    {
        var arrived = new TaskCompletionSource();
        await using var server = await CaptureServer.StartAsync(app => app.Run(async context =>
        {
            arrived.SetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted);
        }));
        using var leave = new CancellationTokenSource();
        var request = (http == 1 ? server.Client : server.Http2Client).GetAsync("/", leave.Token);
        await arrived.Task;
        await leave.CancelAsync();
        await FluentActions.Awaiting(() => request).Should().ThrowAsync<OperationCanceledException>();
        var record = await server.NextAsync();
        record.Status.Should().Be(499);
        record.Level.Should().Be(EntryLevel.Warn);
        record.Response().Data("aborted").GetString().Should().Be("client");
    }

    [Test]
    public async Task E5_a_client_that_disconnects_during_the_response_keeps_the_sent_status([Values(1, 2)] int http)
    {
        await using var server = await CaptureServer.StartAsync(app => app.Run(async context =>
        {
            await context.Response.WriteAsync("begun");
            await context.Response.Body.FlushAsync();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
        }));
        using (var response = await (http == 1 ? server.Client : server.Http2Client).GetAsync("/", HttpCompletionOption.ResponseHeadersRead))
        {
            response.StatusCode.Should().Be(HttpStatusCode.OK);
        }

        var record = await server.NextAsync();
        record.Status.Should().Be(200);
        record.Level.Should().Be(EntryLevel.Warn);
        record.Response().Data("aborted").GetString().Should().Be("client");
    }

    [Test]
    public async Task E5_a_client_that_disconnects_after_the_whole_response_is_not_recorded_as_disconnected()
    {
        await using var server = await CaptureServer.StartAsync(app => app.Run(async context =>
        {
            context.Response.ContentLength = 2;
            await context.Response.WriteAsync("ok");
            await context.Response.Body.FlushAsync();
            await Gone(context);
        }));
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, server.Address.Port);
        await client.GetStream().WriteAsync("GET / HTTP/1.1\r\nHost: x\r\n\r\n"u8.ToArray());
        var received = "";
        while (!received.EndsWith("ok", StringComparison.Ordinal))
        {
            var buffer = new byte[1000];
            received += Encoding.ASCII.GetString(buffer, 0, await client.GetStream().ReadAsync(buffer));
        }

        client.Close();
        var record = await server.NextAsync();
        record.Level.Should().Be(EntryLevel.Info);
        record.Response().HasData("aborted").Should().BeFalse();

        // The token of the connection, because the token of the request is not cancelled after the response is complete.
        static async Task Gone(HttpContext context)
        {
            var closed = context.Features.Get<Microsoft.AspNetCore.Connections.Features.IConnectionLifetimeFeature>()!.ConnectionClosed;
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, closed).ContinueWith(_ => { }, TaskScheduler.Default);
        }
    }

    [TestCase(1, true)]
    [TestCase(1, false)]
    [TestCase(2, true)]
    [TestCase(2, false)]
    public async Task E5_a_response_that_the_server_side_aborts_is_an_error(int http, bool begun)
    {
        await using var server = await CaptureServer.StartAsync(app => app.Run(async context =>
        {
            if (begun)
            {
                await context.Response.WriteAsync("begun");
                await context.Response.Body.FlushAsync();
            }

            if (context.Features.Get<IHttpResetFeature>() is { } reset) reset.Reset(2);
            else context.Abort();
        }));
        await FluentActions.Awaiting(() => (http == 1 ? server.Client : server.Http2Client).GetStringAsync("/")).Should().ThrowAsync<Exception>();
        var record = await server.NextAsync();
        record.Status.Should().Be(begun ? 200 : 500);
        record.Level.Should().Be(EntryLevel.Error);
        record.Response().Data("aborted").GetString().Should().Be("server");
    }

    [Test]
    public async Task E5_a_response_shorter_than_declared_is_an_error()
    {
        await using var server = await CaptureServer.StartAsync(app => app.Run(async context =>
        {
            context.Response.ContentLength = 10;
            await context.Response.WriteAsync("short");
        }));
        await FluentActions.Awaiting(() => server.Client.GetStringAsync("/")).Should().ThrowAsync<Exception>();
        var record = await server.NextAsync();
        record.Level.Should().Be(EntryLevel.Error);
        record.BytesOut.Should().Be(5);
    }

    /// <summary>Uses the order of docs/hosting.md.</summary>
    [Test]
    public async Task Requests_that_later_authorization_rejects_are_captured()
    {
        await using var server = await CaptureServer.StartAsync(
            app =>
            {
                app.UseAuthentication();
                app.UseAuthorization();
                app.MapGet("/", () => "answer").RequireAuthorization();
            },
            build: builder =>
            {
                builder.Services.AddAuthentication().AddBearerToken();
                builder.Services.AddAuthorization();
            });
        (await server.Client.GetAsync("/")).StatusCode.Should().Be(HttpStatusCode.Unauthorized);
        var record = await server.NextAsync();
        (record.Status, record.Level).Should().Be((401, EntryLevel.Warn));
    }

    [Test]
    public async Task MinLevel_and_Keep_apply_after_the_outcome_is_known()
    {
        await using var server = await CaptureServer.StartAsync(
            app => app.MapGet("/{status:int}", (int status) => Results.StatusCode(status)),
            options =>
            {
                options.Capture.MinLevel = EntryLevel.Warn;
                options.Capture.Keep = exchange => exchange.Status != 404;
            });
        foreach (var status in new[] { 200, 404, 401, 503 }) await server.Client.GetAsync($"/{status}");
        (await server.NextAsync()).Status.Should().Be(401);
        (await server.NextAsync()).Status.Should().Be(503);
    }

    [Test]
    public async Task A_sample_is_equal_for_equal_traces_and_about_as_large_as_requested()
    {
        var seen = new List<(string Trace, bool Kept)>();
        await using var server = await CaptureServer.StartAsync(app => app.MapGet("/", () => "ok"), options => options.Capture.Keep = exchange =>
        {
            lock (seen) seen.Add((exchange.TraceId, exchange.IsSampled(0.5)));
            return exchange.IsSampled(1) && !exchange.IsSampled(0);
        });
        for (var i = 0; i < 200; i++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/");
            request.Headers.Add("traceparent", $"00-{i % 100 + 1:x32}-00f067aa0ba902b7-01");
            await server.Client.SendAsync(request);
        }

        for (var i = 0; i < 200; i++) await server.NextAsync();
        seen.GroupBy(one => one.Trace).Should().OnlyContain(group => group.Select(one => one.Kept).Distinct().Count() == 1).And.HaveCount(100);

        // For 100 fair choices, fewer than 15 or more than 85 are less likely than one in a trillion.
        seen.Count(one => one.Kept).Should().BeInRange(30, 170);
    }

    [Test]
    public async Task A_full_queue_does_not_affect_the_exchange()
    {
        await using var server = await CaptureServer.StartAsync(app => app.MapPost("/", () => "ok"), options => options.Capture.CaptureRequestBody = true);
        server.Sink.IsFull = true;
        (await server.Client.PostAsync("/", new StringContent("hello"))).StatusCode.Should().Be(HttpStatusCode.OK);
    }

    [Test]
    public async Task Endpoints_disable_capture_by_attribute_or_convention()
    {
        await using var server = await CaptureServer.StartAsync(app =>
        {
            app.MapGet("/attribute", [DisableProxyLogs] () => "ok");
            app.MapGet("/convention", () => "ok").DisableProxyLogs();
            app.MapGroup("/group").DisableProxyLogs().MapGet("", () => "ok").WithProxyLogs(captureResponseBody: true);
            app.MapGet("/other", () => "ok");
        });
        foreach (var path in new[] { "/attribute", "/convention", "/group", "/other" }) await server.Client.GetAsync(path);
        (await server.NextAsync()).Url.Should().Be("/other");
    }

    [Test]
    public async Task Endpoints_that_are_chosen_after_capture_disable_it_too()
    {
        await using var server = await CaptureServer.StartAsync(app =>
        {
            app.UseRouting();
            app.MapGet("/out", () => "ok").DisableProxyLogs();
            app.MapGet("/in", () => "ok");
        });
        await server.Client.GetAsync("/out");
        await server.Client.GetAsync("/in");
        var record = await server.NextAsync();
        record.Url.Should().Be("/in");
        record.Response().Data("endpoint").GetString().Should().Be("/in");
    }
}
