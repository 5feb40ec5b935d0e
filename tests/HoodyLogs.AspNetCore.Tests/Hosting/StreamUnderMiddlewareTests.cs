using System.IO.Compression;
using System.Net;
using System.Text;
using FluentAssertions;
using HoodyLogs.AspNetCore.Tests.Endpoints;
using HoodyLogs.TestSupport;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.AspNetCore.ResponseCompression;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace HoodyLogs.AspNetCore.Tests.Hosting;

/// <summary>Timeouts and compression of a host do not affect a live tail.</summary>
public sealed class StreamUnderMiddlewareTests
{
    private TestFolder _folder = null!;

    [SetUp]
    public void MakeFolder() => _folder = new TestFolder();

    [TearDown]
    public void DeleteFolder() => _folder.Dispose();

    [Test]
    public async Task A7_a_request_timeout_of_the_host_does_not_end_a_stream([Values] Place place)
    {
        await using var server = await StreamServer.StartAsync(
            _folder.Database,
            build: builder => builder.Services.AddRequestTimeouts(
                options => options.DefaultPolicy = new RequestTimeoutPolicy { Timeout = TimeSpan.FromMilliseconds(100) }),
            map: app =>
            {
                app.Put(place, host => host.UseRequestTimeouts());
                app.MapGet("/slow", (HttpContext context) => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted));
            });
        await using var tail = await server.TailAsync();

        // A later request has timed out, so the stream has lasted longer than the timeout.
        using var client = new HttpClient { BaseAddress = server.Address };
        (await client.GetAsync(new Uri("/slow", UriKind.Relative))).StatusCode.Should().Be(HttpStatusCode.GatewayTimeout);

        await server.WriteAsync(Some.Event("after the timeout"));
        (await tail.NextAsync())!.Data.Should().Contain("after the timeout");
    }

    [Test]
    public async Task A7_compression_of_the_host_does_not_delay_a_stream([Values] Place place, [Values("gzip", "br", "deflate")] string encoding)
    {
        await using var server = await StreamServer.StartAsync(
            _folder.Database,
            build: builder => builder.Services.AddResponseCompression(options =>
            {
                options.MimeTypes = ["text/event-stream", "application/json"];
                options.Providers.Add<BrotliCompressionProvider>();
                options.Providers.Add<GzipCompressionProvider>();
                options.Providers.Add(new Deflate());
            }),
            map: app => app.Put(place, host => host.UseResponseCompression()));
        using var client = new HttpClient(new SocketsHttpHandler { AutomaticDecompression = DecompressionMethods.All }) { BaseAddress = server.Address };
        client.DefaultRequestHeaders.Add("X-Logs-Token", StreamServer.AdminToken);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/proxy-logs/_logs/stream") { Headers = { { "Accept-Encoding", encoding } } };
        using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        await using var body = await response.Content.ReadAsStreamAsync();

        var text = new StringBuilder();
        await ReadUntilAsync("id:");
        for (var i = 0; i < 3; i++)
        {
            await server.WriteAsync(Some.Event($"event {i}"));
            await ReadUntilAsync($"event {i}");
        }

        async Task ReadUntilAsync(string expected)
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
            var buffer = new byte[4096];
            while (!text.ToString().Contains(expected, StringComparison.Ordinal))
            {
                var count = await body.ReadAsync(buffer, limit.Token);
                count.Should().BePositive("the stream goes on");
                text.Append(Encoding.UTF8.GetString(buffer, 0, count));
            }
        }
    }

    private sealed class Deflate : ICompressionProvider
    {
        public string EncodingName => "deflate";

        public bool SupportsFlush => true;

        public Stream CreateStream(Stream outputStream) => new ZLibStream(outputStream, CompressionLevel.Fastest, leaveOpen: true);
    }
}
