using System.Net;
using System.Net.Sockets;
using System.Text;
using FluentAssertions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace HoodyLogs.AspNetCore.Tests.Capture;

/// <summary>Calls of an application on its request and response have the same effects as without capture, and are recorded correctly.</summary>
public sealed class FeatureForwardingTests
{
    [Test]
    public async Task A_file_can_be_deleted_after_it_is_sent()
    {
        using var folder = new TestSupport.TestFolder();
        var path = Path.Combine(folder.Path, "file");
        await File.WriteAllBytesAsync(path, new byte[8_000_000]);
        await using var server = await CaptureServer.StartAsync(app => app.Run(async context =>
        {
            var sending = context.Response.SendFileAsync(path);
            File.Delete(path); // the server has opened it, and it is larger than the buffers of the connection
            await sending;
        }));
        (await server.Client.GetByteArrayAsync("/")).Should().HaveCount(8_000_000);
        var record = await server.NextAsync();
        record.Level.Should().Be(EntryLevel.Info);
        record.BytesOut.Should().Be(8_000_000);
    }

    [Test]
    public async Task An_upgraded_stream_supports_the_legacy_read_and_write_methods()
    {
        await using var server = await CaptureServer.StartAsync(app => app.Run(async context =>
        {
            var stream = await context.Features.Get<IHttpUpgradeFeature>()!.UpgradeAsync();
            var buffer = new byte[4];
            var read = await Task.Factory.FromAsync((callback, state) => stream.BeginRead(buffer, 0, 4, callback, state), stream.EndRead, null);
            await Task.Factory.FromAsync((callback, state) => stream.BeginWrite(buffer, 0, read, callback, state), stream.EndWrite, null);
        }));
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, server.Address.Port);
        await client.GetStream().WriteAsync("GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: own\r\n\r\nping"u8.ToArray());
        using var received = new StreamReader(client.GetStream());
        (await received.ReadToEndAsync()).Should().EndWith("ping");
        var record = await server.NextAsync();
        (record.BytesIn, record.BytesOut).Should().Be((4, 4));
    }

    [Test]
    public async Task A_request_body_is_copied_by_the_server()
    {
        var writes = new List<int>();
        await using var server = await CaptureServer.StartAsync(
            app => app.Run(async context =>
            {
                using var destination = new Destination(writes);
                await context.Request.Body.CopyToAsync(destination, 100);
            }),
            options => options.Capture.CaptureRequestBody = true);
        await server.Client.PostAsync("/", new ByteArrayContent(Encoding.ASCII.GetBytes(new string('x', 3000))));
        writes.Count.Should().BeLessThan(5, "Kestrel writes what it has, whatever the size of a buffer that it does not need");
        var record = await server.NextAsync();
        record.BytesIn.Should().Be(3000);
        record.RequestBodyState.Should().Be(BodyState.Full);
        record.RequestBody!.Content.Length.Should().Be(3000);
    }

    [Test]
    public async Task A_buffered_request_that_is_read_again_counts_once([Values] bool isOutside)
    {
        static async Task ReadTwiceAsync(HttpContext context)
        {
            for (var i = 0; i < 2; i++)
            {
                context.Request.Body.Position = 0;
                await context.Request.Body.CopyToAsync(Stream.Null);
            }
        }

        await using var server = await CaptureServer.StartAsync(
            app => app.Run(context =>
            {
                if (!isOutside) context.Request.EnableBuffering();
                return ReadTwiceAsync(context);
            }),
            options => options.Capture.CaptureRequestBody = true,
            before: app => app.Use(async (context, next) =>
            {
                if (isOutside) context.Request.EnableBuffering();
                await next(context);
                if (isOutside) await ReadTwiceAsync(context);
            }));
        await server.Client.PostAsync("/", new StringContent("once and once only"));
        var record = await server.NextAsync();
        record.BytesIn.Should().Be(18);
        record.RequestBodyState.Should().Be(BodyState.Full);
        record.RequestBody!.Content.Length.Should().Be(18);
    }

    [Test]
    public async Task The_token_of_an_exchange_that_the_application_aborts_is_cancelled_immediately()
    {
        var cancelled = false;
        await using var server = await CaptureServer.StartAsync(app => app.Run(context =>
        {
            context.Abort();
            cancelled = context.RequestAborted.IsCancellationRequested;
            return Task.CompletedTask;
        }));
        await FluentActions.Awaiting(() => server.Client.GetAsync("/")).Should().ThrowAsync<HttpRequestException>();
        (await server.NextAsync()).Response().Data("aborted").GetString().Should().Be("server");
        cancelled.Should().BeTrue();
    }

    [TestCase(true, true)]
    [TestCase(true, false)]
    [TestCase(false, false)]
    public async Task A_request_timeout_is_not_recorded_as_a_disconnect(bool isOutside, bool isAnswered)
    {
        static void UseTimeouts(WebApplication app) => app.UseRequestTimeouts();

        await using var server = await CaptureServer.StartAsync(
            app =>
            {
                if (!isOutside) UseTimeouts(app);
                app.MapGet("/", async context =>
                {
                    try
                    {
                        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted);
                    }
                    catch (OperationCanceledException) when (isAnswered)
                    {
                        context.Response.StatusCode = StatusCodes.Status504GatewayTimeout;
                        await context.Response.WriteAsync("late", CancellationToken.None);
                    }
                });
            },
            before: isOutside ? UseTimeouts : null,
            build: builder => builder.Services.AddRequestTimeouts(options => options.DefaultPolicy = new RequestTimeoutPolicy
            {
                Timeout = TimeSpan.FromMilliseconds(1),
            }));
        (await server.Client.GetAsync("/")).StatusCode.Should().Be(HttpStatusCode.GatewayTimeout);
        var record = await server.NextAsync();
        record.Status.Should().Be(504);
        record.Level.Should().Be(EntryLevel.Error);
        record.Response().HasData("aborted").Should().BeFalse();
    }

    [Test]
    public async Task E7_bytes_that_are_written_for_HEAD_are_not_stored()
    {
        await using var server = await CaptureServer.StartAsync(
            app => app.Run(context => context.Response.WriteAsync("longer than that")),
            options => (options.Capture.CaptureResponseBody, options.Capture.MaxBodyBytes) = (true, 4));
        await server.Client.SendAsync(new HttpRequestMessage(HttpMethod.Head, "/"));
        var record = await server.NextAsync();
        record.ResponseBodyState.Should().Be(BodyState.Empty);
        record.BytesOut.Should().Be(0);
    }

    [Test]
    public async Task Writes_after_the_end_use_no_memory_for_bodies()
    {
        Stream? kept = null;
        await using var server = await CaptureServer.StartAsync(
            app => app.Run(context =>
            {
                kept = context.Response.Body;
                return context.Response.WriteAsync("hello");
            }),
            options => (options.Capture.CaptureResponseBody, options.Capture.MaxBodyMemory) = (true, 4096));
        for (var i = 0; i < 4; i++)
        {
            await server.Client.GetAsync("/");
            var record = await server.NextAsync();
            record.ResponseBodyState.Should().Be(BodyState.Full);
            record.ReleaseBodies();
            await FluentActions.Awaiting(() => kept!.WriteAsync(new byte[2000]).AsTask()).Should().ThrowAsync<ObjectDisposedException>();
        }
    }

    [Test]
    public async Task The_next_exchange_of_a_connection_begins_with_the_features_of_the_server([Values(1, 2)] int http)
    {
        var seen = new List<object?>();
        await using var server = await CaptureServer.StartAsync(
            app => app.Run(context => context.Response.WriteAsync("hello")),
            before: app => app.Use((context, next) =>
            {
                var features = context.Features;
                object?[] own =
                [
                    features.Get<IEndpointFeature>(), features.Get<IHttpRequestLifetimeFeature>(), features.Get<IHttpResponseBodyFeature>(),
                    features.Get<IHttpResetFeature>(),
                ];
                seen.AddRange(own);
                return next(context);
            }));
        for (var i = 0; i < 3; i++)
        {
            await (http == 1 ? server.Client : server.Http2Client).GetAsync("/");
            await server.NextAsync();
        }

        seen.Should().HaveCount(12).And.NotContain(feature => feature is HoodyLogs.AspNetCore.Capture.Features.ICaptureFeature);
    }

    [Test]
    public async Task A_rejected_request_that_an_error_page_answers_has_the_status_of_the_page()
    {
        await using var server = await CaptureServer.StartAsync(
            app => app.Run(context => context.Request.Path == "/error"
                ? context.Response.WriteAsync("sorry")
                : throw new BadHttpRequestException("too large", StatusCodes.Status413PayloadTooLarge)),
            before: app => app.UseExceptionHandler(error => error.Run(context =>
            {
                context.Response.StatusCode = StatusCodes.Status500InternalServerError;
                return context.Response.WriteAsync("sorry");
            })));
        (await server.Client.GetAsync("/")).StatusCode.Should().Be(HttpStatusCode.InternalServerError);
        var record = await server.NextAsync();
        record.Status.Should().Be(500);
        record.Level.Should().Be(EntryLevel.Error);
    }

    private sealed class Destination(List<int> writes) : MemoryStream
    {
        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            writes.Add(buffer.Length);
            return ValueTask.CompletedTask;
        }

        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();
    }
}
