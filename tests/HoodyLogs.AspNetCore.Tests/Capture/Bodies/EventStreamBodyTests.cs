using System.Text;
using FluentAssertions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using NUnit.Framework;

namespace HoodyLogs.AspNetCore.Tests.Capture.Bodies;

/// <summary>Captured bodies of server-sent events.</summary>
public sealed class EventStreamBodyTests
{
    private static readonly Action<ProxyLogsOptions> Streams = PostedBody.Both + (options => options.Capture.CaptureEventStreamBodies = true);

    [TestCase("data: {\"delta\":\"hi\"}\n\ndata: {\"token\":\"hunter2\",\"n\":1}\n\ndata: [DONE]\n\n", "data: {\"delta\":\"hi\"}\n\ndata: {\"token\":\"[redacted]\",\"n\":1}\n\ndata: [DONE]\n\n")]
    [TestCase("event: a\r\nid: 1\r\ndata:{\"password\":\"hunter2\"}\r\n\r\n", "event: a\r\nid: 1\r\ndata:{\"password\":\"[redacted]\"}\r\n\r\n")]
    [TestCase("data: {\"a\":1}\r\rdata: {\"token\":1}\r\r", "data: {\"a\":1}\r\rdata: {\"token\":\"[redacted]\"}\r\r")]
    [TestCase("id: 7\ndata: {\ndata:  \"password\":\ndata:  \"hunter2\", \"n\": 1\ndata: }\n\ndata: x\n\n", "data: {\ndata:  \"password\":\ndata:  \"[redacted]\", \"n\": 1\ndata: }\nid: 7\n\ndata: x\n\n")]
    [TestCase("data: {\"body\":\"{\\\"password\\\":\\\"hunter2\\\"}\"}\n\n", "data: {\"body\":\"{\\\"password\\\":[redacted]}\"}\n\n")]
    [TestCase("data: see https://me:hunter2@x/?token=hunter2\n\n", "data: see https://[redacted]@x/?token=[redacted]\n\n")]
    [TestCase(": password=hunter2\nevent: password=hunter2\n\n", ": password=[redacted]\nevent: password=[redacted]\n\n")]
    [TestCase("\uFEFFdata: {\"password\":\"hunter2\"}\n\n", "data: {\"password\":\"[redacted]\"}\n\n")]
    [TestCase("data: {\"password\":\"hunter2\"}", "data: {\"password\":\"[redacted]\"}")]
    [TestCase("data\n\n\n\ndata: \n\n", "data\n\n\n\ndata: \n\n")]
    public async Task A_stream_is_redacted_event_by_event(string stream, string stored)
    {
        var record = await StreamAsync(Streams, [stream]);
        record.Response().ResponseBody.Should().Be(stored);
        record.ResponseBodyState.Should().Be(BodyState.Full);
    }

    [Test]
    public async Task A_stream_past_the_cap_is_truncated_and_redacted_to_its_last_line()
    {
        foreach (var cap in Enumerable.Range(1, 64))
        {
            var record = await StreamAsync(Streams + (options => options.Capture.MaxBodyBytes = cap), ["data: {\"n\":1}\n\ndata: {\"password\":\"hunter2-hunter2-hunter2-hunter2\"}\n\n"]);
            record.ResponseBodyState.Should().Be(BodyState.Capped);
            (record.Response().ResponseBody ?? "").Should().NotContain("hunter");
        }
    }

    [Test]
    public async Task Streams_are_not_captured_in_requests_or_without_the_option()
    {
        (await StreamAsync(PostedBody.Both, ["data: 1\n\n"])).ResponseBodyState.Should().Be(BodyState.Streamed);
        (await PostedBody.SendAsync("data: 1\n\n"u8.ToArray(), "text/event-stream", options: Streams)).RequestBodyState.Should().Be(BodyState.Streamed);
        (await StreamAsync(Streams, ["x"], "application/grpc")).ResponseBodyState.Should().Be(BodyState.Streamed);
    }

    [Test]
    public async Task Endpoints_enable_and_disable_the_capture_of_event_streams()
    {
        await using var server = await CaptureServer.StartAsync(app =>
        {
            app.MapGet("/on", context => WriteAsync(context, ["data: 1\n\n"], "text/event-stream")).WithProxyLogs(captureResponseBody: true, captureEventStreamBodies: true);
            app.MapGet("/off", context => WriteAsync(context, ["data: 1\n\n"], "text/event-stream")).WithProxyLogs(captureResponseBody: true, captureEventStreamBodies: false);
        });
        await server.Client.GetAsync("/on");
        (await server.NextAsync()).Response().ResponseBody.Should().Be("data: 1\n\n");
        await server.Client.GetAsync("/off");
        (await server.NextAsync()).ResponseBodyState.Should().Be(BodyState.Streamed);
    }

    [Test]
    public async Task A_truncated_event_of_several_lines_contains_no_part_of_a_secret()
    {
        const string Stream = "data: {\"a\":1,\ndata: \"token\":\ndata: \"hunter2-hunter2\"}\n\n";
        foreach (var cap in Enumerable.Range(1, Stream.Length - 3))
        {
            var record = await StreamAsync(Streams + (options => options.Capture.MaxBodyBytes = cap), [Stream]);
            record.ResponseBodyState.Should().Be(BodyState.Capped);
            (record.Response().ResponseBody ?? "").Should().NotContain("hunter");
        }
    }

    [Test]
    public async Task Each_event_reaches_the_client_before_the_next_is_written()
    {
        var seen = new SemaphoreSlim(0);
        await using var server = await CaptureServer.StartAsync(
            app => app.Run(async context =>
            {
                context.Response.ContentType = "text/event-stream";
                for (var i = 0; i < 20; i++)
                {
                    await context.Response.WriteAsync($"data: {i}\n\n");
                    await context.Response.Body.FlushAsync();
                    await seen.WaitAsync(context.RequestAborted);
                }
            }),
            Streams);
        using var response = await server.Client.GetAsync("/", HttpCompletionOption.ResponseHeadersRead);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
        for (var i = 0; i < 20; i++)
        {
            (await reader.ReadLineAsync()).Should().Be($"data: {i}");
            await reader.ReadLineAsync();
            seen.Release();
        }

        (await reader.ReadLineAsync()).Should().BeNull();
        (await server.NextAsync()).Response().ResponseBody.Should().StartWith("data: 0\n\n").And.EndWith("data: 19\n\n");
    }

    private static async Task<LogRecord> StreamAsync(Action<ProxyLogsOptions> options, string[] writes, string type = "text/event-stream")
    {
        await using var server = await CaptureServer.StartAsync(app => app.Run(context => WriteAsync(context, writes, type)), options);
        (await server.Client.GetByteArrayAsync("/")).Should().Equal(Encoding.UTF8.GetBytes(string.Concat(writes)));
        return await server.NextAsync();
    }

    private static async Task WriteAsync(HttpContext context, string[] writes, string type)
    {
        context.Response.ContentType = type;
        foreach (var write in writes)
        {
            await context.Response.WriteAsync(write);
            await context.Response.Body.FlushAsync();
        }
    }
}
