using System.Net;
using System.Net.WebSockets;
using System.Text;
using FluentAssertions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using NUnit.Framework;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Model;

namespace HoodyLogs.AspNetCore.Tests.Capture;

/// <summary>Capture in front of YARP records complete exchanges and failures of the upstream.</summary>
public sealed class ProxyTests
{
    [Test]
    public async Task Bodies_and_byte_counts_are_captured_in_front_of_YARP([Values(1, 2)] int http)
    {
        await using var upstream = await CaptureServer.StartAsync(app => app.MapPost("/echo", async context =>
        {
            context.Response.ContentType = "application/json";
            await context.Request.Body.CopyToAsync(context.Response.Body);
        }));
        await using var proxy = await CaptureServer.StartProxyAsync(upstream.Address, options =>
        {
            options.Capture.CaptureRequestBody = true;
            options.Capture.CaptureResponseBody = true;
        });
        var content = new StringContent("""{"hello":"world"}""", Encoding.UTF8, "application/json");
        var response = await (http == 1 ? proxy.Client : proxy.Http2Client).PostAsync("/echo?a=1", content);
        (await response.Content.ReadAsStringAsync()).Should().Be("""{"hello":"world"}""");
        var record = await proxy.NextAsync();
        (record.BytesIn, record.BytesOut).Should().Be((17, 17));
        record.Request().RequestBody.Should().Be("""{"hello":"world"}""");
        record.Response().ResponseBody.Should().Be("""{"hello":"world"}""");
        record.Response().BodyTruncated.Should().BeFalse();
        record.Request().Data("protocol").GetString().Should().Be(http == 1 ? "HTTP/1.1" : "HTTP/2");
    }

    [Test]
    public async Task Enrich_adds_members_to_data()
    {
        await using var upstream = await CaptureServer.StartAsync(app => app.MapGet("/", () => "ok"));
        await using var proxy = await CaptureServer.StartProxyAsync(upstream.Address, options => options.Capture.Enrich = Describe);
        await proxy.Client.GetAsync("/");
        var data = (await proxy.NextAsync()).Response();
        data.Data("route").GetString().Should().Be("all");
        data.Data("cluster").GetString().Should().Be("upstream");
        data.Data("destination").GetString().Should().Be("first");
        data.Data("retried").GetBoolean().Should().BeFalse();
        data.Data("attempts").GetInt64().Should().Be(1);
        data.Data("waitedMs").GetDouble().Should().Be(1.5);
    }

    [Test]
    public async Task A_failing_Enrich_loses_only_its_own_members()
    {
        await using var server = await CaptureServer.StartAsync(app => app.MapGet("/", () => "ok"), options => options.Capture.Enrich = (_, data) =>
        {
            data.Add("before", "yes");
            throw new InvalidOperationException();
        });
        await server.Client.GetAsync("/");
        (await server.NextAsync()).Response().Data("before").GetString().Should().Be("yes");
    }

    [Test]
    public async Task E5_an_unreachable_upstream_is_an_error_with_status_502_and_its_cause()
    {
        await using var proxy = await CaptureServer.StartProxyAsync(
            new Uri("http://127.0.0.1:1"), options => options.Capture.Enrich = Describe);
        (await proxy.Client.GetAsync("/")).StatusCode.Should().Be(HttpStatusCode.BadGateway);
        var record = await proxy.NextAsync();
        record.Status.Should().Be(502);
        record.Level.Should().Be(EntryLevel.Error);
        record.Response().Data("upstreamError").GetString().Should().Be("Request");
    }

    [Test]
    public async Task E5_an_upstream_that_aborts_its_response_is_an_error([Values(1, 2)] int http)
    {
        var seen = new TaskCompletionSource();
        await using var upstream = await CaptureServer.StartAsync(app => app.Run(async context =>
        {
            context.Response.ContentLength = 100;
            await context.Response.WriteAsync("begun");
            await context.Response.Body.FlushAsync();
            await seen.Task;
            context.Abort();
        }));
        await using var proxy = await CaptureServer.StartProxyAsync(upstream.Address, options => options.Capture.Enrich = Describe);
        using var response = await (http == 1 ? proxy.Client : proxy.Http2Client).GetAsync("/", HttpCompletionOption.ResponseHeadersRead);
        var body = await response.Content.ReadAsStreamAsync();
        await body.ReadExactlyAsync(new byte[5]);
        seen.SetResult();
        await FluentActions.Awaiting(() => body.ReadExactlyAsync(new byte[5]).AsTask()).Should().ThrowAsync<Exception>();
        var record = await proxy.NextAsync();
        record.Status.Should().Be(200);
        record.Level.Should().Be(EntryLevel.Error);
        record.Response().Data("aborted").GetString().Should().Be("server");
        record.Response().Data("upstreamError").GetString().Should().Be("ResponseBodyDestination");
    }

    [Test]
    public async Task E5_a_client_that_disconnects_during_a_proxied_response_is_a_warning([Values(1, 2)] int http)
    {
        await using var upstream = await CaptureServer.StartAsync(app => app.Run(async context =>
        {
            await context.Response.WriteAsync("begun");
            await context.Response.Body.FlushAsync();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
        }));
        await using var proxy = await CaptureServer.StartProxyAsync(upstream.Address);
        using (await (http == 1 ? proxy.Client : proxy.Http2Client).GetAsync("/", HttpCompletionOption.ResponseHeadersRead))
        {
        }

        var record = await proxy.NextAsync();
        record.Level.Should().Be(EntryLevel.Warn);
        record.Status.Should().Be(200);
        record.Response().Data("aborted").GetString().Should().Be("client");
    }

    [Test]
    public async Task A_WebSocket_is_one_exchange_with_its_bytes_and_close_status([Values(1, 2)] int http, [Values] bool proxied)
    {
        await using var upstream = await CaptureServer.StartAsync(EchoSocket, options => options.Capture.CaptureRequestBody = true);
        await using var proxy = await CaptureServer.StartProxyAsync(upstream.Address, options => options.Capture.CaptureRequestBody = true);
        var server = proxied ? proxy : upstream;
        await using (var socket = await Socket.ConnectAsync(server, http))
        {
            (await socket.EchoAsync(new string('x', 70_000))).Should().HaveLength(70_000);
            await socket.Client.CloseAsync(WebSocketCloseStatus.NormalClosure, "bye", CancellationToken.None);
        }

        var record = await server.NextAsync();
        record.Shape.Should().Be(RecordShape.Exchange);
        record.Status.Should().Be(http == 1 ? 101 : 200);
        record.Level.Should().Be(EntryLevel.Info);
        record.BytesIn.Should().BeInRange(70_000, 70_100);
        record.BytesOut.Should().BeInRange(70_000, 70_100);
        record.DurationUs.Should().BePositive();
        Encoding.UTF8.GetString(record.ResponseData!).Should().StartWith("\"protocol\":\"ws\"");
        record.Response().Data("closeStatus").GetInt64().Should().Be(1000);
        record.Request().Data("requestBodyState").GetString().Should().Be("upgraded");
    }

    [Test]
    public async Task E5_a_WebSocket_whose_client_vanishes_is_a_warning([Values] bool proxied)
    {
        await using var upstream = await CaptureServer.StartAsync(EchoSocket);
        await using var proxy = await CaptureServer.StartProxyAsync(upstream.Address);
        var server = proxied ? proxy : upstream;
        await using (var socket = await Socket.ConnectAsync(server, 1))
        {
            await socket.EchoAsync("x");
            socket.Client.Abort();
        }

        var record = await server.NextAsync();
        record.Status.Should().Be(101);
        record.Level.Should().Be(EntryLevel.Warn);
        record.Response().Data("aborted").GetString().Should().Be("client");
    }

    [Test]
    public async Task E5_a_WebSocket_that_the_server_side_aborts_is_an_error([Values] bool proxied)
    {
        await using var upstream = await CaptureServer.StartAsync(app => app.UseWebSockets().Run(async context =>
        {
            using var socket = await context.WebSockets.AcceptWebSocketAsync();
            await socket.ReceiveAsync(new byte[10].AsMemory(), CancellationToken.None);
            context.Abort();
        }));
        await using var proxy = await CaptureServer.StartProxyAsync(upstream.Address);
        var server = proxied ? proxy : upstream;
        await using (var socket = await Socket.ConnectAsync(server, 1))
        {
            await FluentActions.Awaiting(() => socket.EchoAsync("x")).Should().ThrowAsync<WebSocketException>();
        }

        var record = await server.NextAsync();
        record.Level.Should().Be(EntryLevel.Error);
        record.Response().Data("aborted").GetString().Should().Be("server");
    }

    [Test]
    public async Task A_rejected_WebSocket_is_recorded_as_HTTP()
    {
        await using var server = await CaptureServer.StartAsync(app => app.Run(context =>
        {
            context.Response.StatusCode = 403;
            return Task.CompletedTask;
        }));
        await FluentActions.Awaiting(() => Socket.ConnectAsync(server, 1)).Should().ThrowAsync<WebSocketException>();
        var record = await server.NextAsync();
        record.Status.Should().Be(403);
        record.Response().Data("protocol").GetString().Should().Be("HTTP/1.1");
    }

    private static void EchoSocket(WebApplication app) => app.UseWebSockets().Run(async context =>
    {
        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        var buffer = new byte[4096];
        while (true)
        {
            ValueWebSocketReceiveResult received;
            try
            {
                received = await socket.ReceiveAsync(buffer.AsMemory(), CancellationToken.None);
            }
            catch (WebSocketException)
            {
                return;
            }

            if (received.MessageType == WebSocketMessageType.Close) break;
            await socket.SendAsync(buffer.AsMemory(0, received.Count), received.MessageType, received.EndOfMessage, CancellationToken.None);
        }

        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
    });

    private static void Describe(HttpContext context, ExchangeData data)
    {
        var proxied = context.Features.Get<IReverseProxyFeature>();
        data.Add("route", proxied?.Route.Config.RouteId);
        data.Add("cluster", proxied?.Cluster.Config.ClusterId);
        data.Add("destination", proxied?.ProxiedDestination?.DestinationId);
        data.Add("upstreamError", context.Features.Get<IForwarderErrorFeature>()?.Error.ToString());
        data.Add("retried", false);
        data.Add("attempts", 1);
        data.Add("waitedMs", TimeSpan.FromMicroseconds(1500));
    }

    /// <summary>A WebSocket client over HTTP/1.1 or HTTP/2.</summary>
    private sealed class Socket : IAsyncDisposable
    {
        private readonly HttpMessageInvoker _invoker = new(new SocketsHttpHandler());

        public ClientWebSocket Client { get; } = new();

        public static async Task<Socket> ConnectAsync(CaptureServer server, int http)
        {
            var socket = new Socket();
            socket.Client.Options.HttpVersion = http == 1 ? HttpVersion.Version11 : HttpVersion.Version20;
            socket.Client.Options.HttpVersionPolicy = HttpVersionPolicy.RequestVersionExact;
            var address = http == 1 ? server.Address : server.Http2Address;
            await socket.Client.ConnectAsync(new UriBuilder(address) { Scheme = "ws", Path = "/ws" }.Uri, socket._invoker, CancellationToken.None);
            return socket;
        }

        public async Task<string> EchoAsync(string text)
        {
            await Client.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, true, CancellationToken.None);
            var buffer = new byte[100_000];
            var length = 0;
            WebSocketReceiveResult received;
            do
            {
                received = await Client.ReceiveAsync(new ArraySegment<byte>(buffer, length, buffer.Length - length), CancellationToken.None);
                length += received.Count;
            }
            while (!received.EndOfMessage);
            return Encoding.UTF8.GetString(buffer, 0, length);
        }

        public ValueTask DisposeAsync()
        {
            Client.Dispose();
            _invoker.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
