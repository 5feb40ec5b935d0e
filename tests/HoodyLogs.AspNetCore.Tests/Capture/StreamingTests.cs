using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using FluentAssertions;
using HoodyLogs.AspNetCore.Capture.Recording;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace HoodyLogs.AspNetCore.Tests.Capture;

/// <summary>Capture changes neither the time at which bytes pass nor how many bytes are buffered.</summary>
public sealed class StreamingTests
{
    [Test]
    public async Task Server_sent_events_pass_immediately_and_are_not_stored([Values(1, 2)] int http)
    {
        using var next = new SemaphoreSlim(0);
        await using var upstream = await CaptureServer.StartAsync(app => app.Run(async context =>
        {
            context.Response.ContentType = "text/event-stream";
            for (var i = 0; i < 3; i++)
            {
                await context.Response.WriteAsync($"data: {i}\n\n");
                await context.Response.Body.FlushAsync();
                await next.WaitAsync();
            }
        }));
        await using var proxy = await CaptureServer.StartProxyAsync(upstream.Address, options => options.Capture.CaptureResponseBody = true);
        using var response = await (http == 1 ? proxy.Client : proxy.Http2Client).GetAsync("/", HttpCompletionOption.ResponseHeadersRead);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
        for (var i = 0; i < 3; i++)
        {
            (await reader.ReadLineAsync()).Should().Be($"data: {i}"); // the next event is not written yet
            (await reader.ReadLineAsync()).Should().BeEmpty();
            next.Release();
        }

        (await reader.ReadLineAsync()).Should().BeNull();
        var record = await proxy.NextAsync();
        record.ResponseBodyState.Should().Be(BodyState.Streamed);
        (record.BytesOut, record.Level).Should().Be((27, EntryLevel.Info));
    }

    [Test]
    public async Task Both_directions_of_an_HTTP2_stream_and_its_trailers_pass()
    {
        await using var server = await CaptureServer.StartAsync(app => app.Run(async context =>
        {
            context.Response.ContentType = "application/grpc";
            context.Response.DeclareTrailer("grpc-status");
            var buffer = new byte[100];
            int read;
            while ((read = await context.Request.Body.ReadAsync(buffer)) > 0)
            {
                await context.Response.Body.WriteAsync(buffer.AsMemory(0, read));
                await context.Response.Body.FlushAsync();
            }

            context.Response.AppendTrailer("grpc-status", "0");
            await context.Response.CompleteAsync();
        }), options => (options.Capture.CaptureRequestBody, options.Capture.CaptureResponseBody) = (true, true));
        using var content = new PushedContent();
        using var request = new HttpRequestMessage(HttpMethod.Post, server.Http2Address)
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = content,
        };
        var sending = server.Http2Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        var up = await content.Stream;
        await up.WriteAsync("ping"u8.ToArray());
        await up.FlushAsync();
        using var response = await sending;
        var down = await response.Content.ReadAsStreamAsync();
        await down.ReadExactlyAsync(new byte[4]); // while the request is still open
        content.End();
        (await down.ReadAsync(new byte[1])).Should().Be(0);
        response.TrailingHeaders.GetValues("grpc-status").Should().Equal("0");
        var record = await server.NextAsync();
        (record.BytesIn, record.BytesOut, record.RequestBodyState, record.ResponseBodyState).Should().Be((4, 4, BodyState.Full, BodyState.Streamed));
    }

    [Test]
    public async Task A_large_body_passes_in_both_directions_in_limited_memory()
    {
        const long Size = 1L << 30;
        await using var upstream = await CaptureServer.StartAsync(app => app.Run(async context =>
        {
            await context.Request.Body.CopyToAsync(Stream.Null);
            context.Response.ContentLength = Size;
            var chunk = new byte[1 << 16];
            for (long sent = 0; sent < Size; sent += chunk.Length) await context.Response.Body.WriteAsync(chunk);
        }), options => options.Capture.Enabled = false);
        await using var proxy = await CaptureServer.StartProxyAsync(upstream.Address, options =>
        {
            (options.Capture.CaptureRequestBody, options.Capture.CaptureResponseBody) = (true, true);
            options.Capture.ExcludedContentTypes = [];
            options.Capture.StoreUnreadableBodies = true;
        });
        var recorder = proxy.Services.GetRequiredService<ExchangeRecorder>();
        var allocatedBefore = GC.GetTotalAllocatedBytes(true);
        long received = 0;
        long held = 0;
        using var content = new ZeroContent(Size);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/") { Content = content };
        using (var response = await proxy.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead))
        {
            var body = await response.Content.ReadAsStreamAsync();
            var buffer = new byte[1 << 20];
            for (int read; (read = await body.ReadAsync(buffer)) > 0; received += read) held = Math.Max(held, recorder.BodyMemory.Used);
        }

        received.Should().Be(Size);
        var record = await proxy.NextAsync();
        (record.BytesIn, record.BytesOut).Should().Be((Size, Size));
        (record.RequestBodyState, record.ResponseBodyState).Should().Be((BodyState.Capped, BodyState.Capped));
        record.RequestBody!.Content.Length.Should().Be(65_536);
        held.Should().BeInRange(1, 4 * 65_536);
        (GC.GetTotalAllocatedBytes(true) - allocatedBefore).Should().BeLessThan(Size / 4);
    }

    [Test]
    public async Task A_100_continue_is_sent_when_the_application_reads_the_body()
    {
        await using var server = await CaptureServer.StartAsync(app => app.Run(async context =>
        {
            if (context.Request.Path == "/refuse") context.Response.StatusCode = 403;
            else await context.Request.Body.CopyToAsync(Stream.Null);
        }));
        (await SendAsync("/refuse")).Should().StartWith("HTTP/1.1 403");
        (await server.NextAsync()).BytesIn.Should().Be(0);
        (await SendAsync("/take")).Should().StartWith("HTTP/1.1 100 Continue");
        (await server.NextAsync()).BytesIn.Should().Be(5);

        async Task<string> SendAsync(string path)
        {
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, server.Address.Port);
            var stream = client.GetStream();
            await stream.WriteAsync(Encoding.ASCII.GetBytes($"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n"));
            var buffer = new byte[1000];
            var answer = Encoding.ASCII.GetString(buffer, 0, await stream.ReadAsync(buffer));
            if (!answer.Contains("100", StringComparison.Ordinal)) return answer;
            await stream.WriteAsync("hello"u8.ToArray());
            return answer + Encoding.ASCII.GetString(buffer, 0, await stream.ReadAsync(buffer));
        }
    }

    [Test]
    public async Task All_features_of_the_server_stay_available()
    {
        var seen = new List<string>();
        await using var server = await CaptureServer.StartAsync(app => app.Run(async context =>
        {
            var body = context.Features.Get<IHttpResponseBodyFeature>()!;
            body.DisableBuffering();
            await body.StartAsync();
            seen.Add($"started {context.Response.HasStarted}");
            seen.Add($"same stream {ReferenceEquals(context.Response.Body, context.Response.Body)}");
            seen.Add($"can write {context.Response.Body.CanWrite}, read {context.Response.Body.CanRead}, seek {context.Response.Body.CanSeek}");
            seen.Add($"unflushed {context.Response.BodyWriter.CanGetUnflushedBytes}");
            await JsonSerializer.SerializeAsync(context.Response.BodyWriter, new Dictionary<string, int> { ["a"] = 1 });
            await body.CompleteAsync();
        }));
        (await server.Client.GetStringAsync("/")).Should().Be("""{"a":1}""");
        seen.Should().Equal("started True", "same stream True", "can write True, read False, seek False", "unflushed True");
        (await server.NextAsync()).BytesOut.Should().Be(7);
    }

    private sealed class ZeroContent(long size) : HttpContent
    {
        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            var chunk = new byte[1 << 20];
            for (long sent = 0; sent < size; sent += chunk.Length) await stream.WriteAsync(chunk);
        }

        protected override bool TryComputeLength(out long length)
        {
            length = size;
            return true;
        }
    }

    private sealed class PushedContent : HttpContent
    {
        private readonly TaskCompletionSource<Stream> _stream = new();
        private readonly TaskCompletionSource _ended = new();

        public Task<Stream> Stream => _stream.Task;

        public void End() => _ended.SetResult();

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            _stream.SetResult(stream);
            return _ended.Task;
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
