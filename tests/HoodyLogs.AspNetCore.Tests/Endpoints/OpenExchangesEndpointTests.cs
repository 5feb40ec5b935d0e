using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using FluentAssertions;
using HoodyLogs.AspNetCore.Tests.Capture;
using HoodyLogs.TestSupport;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;
using Yarp.ReverseProxy.Configuration;

namespace HoodyLogs.AspNetCore.Tests.Endpoints;

/// <summary><c>GET {prefix}/_logs/open</c>: the listed exchanges and their end.</summary>
public sealed class OpenExchangesEndpointTests
{
    [Test]
    public async Task Q7_an_exchange_is_listed_after_one_second_and_until_it_ends()
    {
        await using var server = await OpenExchangesServer.StartAsync();
        var request = new HttpRequestMessage(HttpMethod.Get, "/hang/users?page=2");
        request.Headers.Add("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
        request.Headers.UserAgent.ParseAdd("Tester/1.0");
        var arrived = server.Time.GetUtcNow();
        var response = await server.HangAsync("", "p1/c1/api", request);
        (await server.OpenAsync(after: 1)).Should().BeEmpty("a second is not more than a second");
        var entry = (await server.OpenAsync(after: 4.5)).Should().ContainSingle().Subject;
        entry.GetRawText().Should().Be(
            $$"""{"traceId":"{{entry.GetProperty("traceId").GetString()}}","tsMs":{{arrived.ToUnixTimeMilliseconds()}},"tsIso":"{{arrived:yyyy-MM-ddTHH:mm:ss.fff}}Z","kind":"request","level":"info","projectId":"p1","containerId":"c1","serviceName":"api","method":"GET","url":"/hang/users?page=2","clientIp":"127.0.0.1","data":{"bytesIn":0,"userAgent":"Tester/1.0","protocol":"HTTP/1.1","openMs":5500},"source":"backend"}""");
        entry.GetProperty("data").GetProperty("openMs").GetDouble().Should().Be(5500);
        server.Release();
        (await response).EnsureSuccessStatusCode();
        await Eventually.Holds(async () => (await server.OpenAsync()).Count == 0, "it has ended");
        await Eventually.Holds(async () => (await server.Server.StoredAsync()).Any(stored => stored.Url == "/hang/users?page=2"), "it is stored");
        var stored = (await server.Server.StoredAsync()).First(stored => stored.Url == "/hang/users?page=2");
        stored.TraceId.Should().Be(entry.GetProperty("traceId").GetString());
    }

    [Test]
    public async Task Q7_the_oldest_are_listed_first_and_limit_does_not_change_the_total()
    {
        await using var server = await OpenExchangesServer.StartAsync();
        for (var i = 0; i < 5; i++)
        {
            _ = await server.HangAsync($"/hang/{i}", "p1/c1");
            server.Time.Advance(TimeSpan.FromMilliseconds(10));
        }

        (await server.OpenAsync(after: 2)).Select(OpenExchangesServer.UrlOf).Should().Equal("/hang/0", "/hang/1", "/hang/2", "/hang/3", "/hang/4");
        using var response = await server.GetAsync("?limit=2");
        var page = await response.Content.ReadAsStringAsync();
        page.Should().Contain("/hang/0").And.Contain("/hang/1").And.NotContain("/hang/2").And.EndWith("],\"total\":5}");
    }

    [TestCase("?method=post", "/hang/b")]
    [TestCase("?method=get,post", "/hang/a /hang/b /hang/c")]
    [TestCase("?serviceName=api", "/hang/a")]
    [TestCase("?containerId=c2", "/hang/b")]
    [TestCase("?projectId=p2", "/hang/c")]
    [TestCase("?level=info&kind=request&source=backend", "/hang/a /hang/b /hang/c")]
    [TestCase("?level=error", "")]
    [TestCase("?kind=response", "")]
    [TestCase("?source=edge", "")]
    [TestCase("?q=HANG/C", "/hang/c")]
    [TestCase("?traceId=nothing", "")]
    [TestCase("?from=2000-01-01&to=2000-01-02", "")]
    [TestCase("?from=2000-01-01&limit=", "/hang/a /hang/b /hang/c")]
    public async Task L6_the_filters_of_the_list_apply(string query, string expected)
    {
        await using var server = await OpenExchangesServer.StartAsync();
        _ = await server.HangAsync("/hang/a", "p1/c1/api");
        _ = await server.HangAsync("", "p1/c2/jobs", new HttpRequestMessage(HttpMethod.Post, "/hang/b"));
        _ = await server.HangAsync("/hang/c", "p2/c1/jobs");
        string.Join(' ', (await server.OpenAsync(query, after: 2)).Select(OpenExchangesServer.UrlOf).Order()).Should().Be(expected);
    }

    [TestCase("limit=0")]
    [TestCase("limit=1001")]
    [TestCase("limit=1&limit=2")]
    [TestCase("level=loud")]
    [TestCase("kind=respons")]
    [TestCase("from=yesterday-ish")]
    [TestCase("status=500")]
    [TestCase("offset=1")]
    [TestCase("last=1")]
    [TestCase("afterId=1")]
    [TestCase("beforeId=1")]
    [TestCase("order=desc")]
    [TestCase("cursor=x")]
    [TestCase("includeRequestBody=true")]
    public async Task L7_an_invalid_parameter_is_400_and_named(string query)
    {
        await using var server = await OpenExchangesServer.StartAsync();
        using var response = await server.GetAsync("?" + query);
        response.StatusCode.Should().Be(HttpStatusCode.BadRequest);
        (await response.Content.ReadAsStringAsync()).Should().Contain($"'{query[..query.IndexOf('=')]}'");
    }

    [Test]
    public async Task L10_GET_and_HEAD_are_served_and_not_cached_and_other_methods_are_405()
    {
        await using var server = await OpenExchangesServer.StartAsync();
        using var get = await server.GetAsync();
        (await get.Content.ReadAsStringAsync()).Should().Be("""{"entries":[],"total":0}""");
        get.Headers.CacheControl!.NoStore.Should().BeTrue();
        get.Content.Headers.ContentType!.MediaType.Should().Be("application/json");
        using var head = await server.GetAsync(method: "HEAD");
        (head.StatusCode, head.Content.Headers.ContentLength).Should().Be((HttpStatusCode.OK, get.Content.Headers.ContentLength));
        using var post = await server.GetAsync(method: "POST");
        (post.StatusCode, string.Join(", ", post.Content.Headers.Allow)).Should().Be((HttpStatusCode.MethodNotAllowed, "GET, HEAD"));
    }

    [Test]
    public async Task A4_listing_open_exchanges_counts_as_a_read()
    {
        await using var server = await OpenExchangesServer.StartAsync(options => options.Limits.ReadsPerMinute = 2);
        for (var i = 0; i < 2; i++) (await server.GetAsync(token: OpenExchangesServer.P1)).StatusCode.Should().Be(HttpStatusCode.OK);
        using var refused = await server.GetAsync(token: OpenExchangesServer.P1);
        refused.StatusCode.Should().Be(HttpStatusCode.TooManyRequests);
        refused.Headers.RetryAfter.Should().NotBeNull();
    }

    [Test]
    public async Task A_slow_upload_is_listed_with_the_bytes_received_so_far()
    {
        await using var server = await OpenExchangesServer.StartAsync(map: (app, _) => app.MapPost("/upload", async context => await context.Request.Body.CopyToAsync(Stream.Null)));
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, server.Server.Address.Port);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes("POST /upload HTTP/1.1\r\nHost: x\r\nX-Tenant: p1\r\nContent-Length: 100\r\n\r\n12345"));
        await Eventually.Holds(
            async () => (await server.OpenAsync(after: 2)).Any(entry => entry.GetProperty("data").GetProperty("bytesIn").GetInt64() == 5), "the upload shows");
        await client.GetStream().WriteAsync("678"u8.ToArray());
        await Eventually.Holds(async () => (await server.OpenAsync(token: OpenExchangesServer.P1)).Count == 1, "its scope is asked for as it goes on");
        client.Close();
        await Eventually.Holds(() => server.Open.Count == 0, "it ends with its client");
    }

    [Test]
    public async Task A_WebSocket_and_an_event_stream_are_listed_until_they_end()
    {
        await using var server = await OpenExchangesServer.StartAsync(map: (app, hang) =>
        {
            app.UseWebSockets();
            app.Map("/ws", async context =>
            {
                using var socket = await context.WebSockets.AcceptWebSocketAsync();
                await hang(context);
            });
            app.MapGet("/events", async context =>
            {
                context.Response.ContentType = "text/event-stream";
                await context.Response.WriteAsync("data: 1\n\n");
                await context.Response.Body.FlushAsync();
                await hang(context);
            });
        });
        using var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("X-Tenant", "p1/c1");
        await socket.ConnectAsync(new UriBuilder(server.Server.Address) { Scheme = "ws", Path = "/ws" }.Uri, CancellationToken.None);
        var events = await server.HangAsync("/events", "p1/c1");
        await Eventually.Holds(async () => (await server.OpenAsync(token: OpenExchangesServer.P1C1, after: 2)).Count == 2, "both show");
        var shown = await server.OpenAsync(token: OpenExchangesServer.P1C1);
        shown.Select(entry => (OpenExchangesServer.UrlOf(entry), entry.GetProperty("data").GetProperty("protocol").GetString())).Should()
            .BeEquivalentTo([("/ws", "ws"), ("/events", "HTTP/1.1")]);
        server.Release();
        (await events).Dispose();
        socket.Abort();
        await Eventually.Holds(() => server.Open.Count == 0, "both have ended");
    }

    [Test]
    public async Task A_hung_upstream_behind_YARP_is_visible_to_its_tenant()
    {
        var release = new TaskCompletionSource();
        await using var upstream = await CaptureServer.StartAsync(app => app.Run(_ => release.Task));
        await using var server = await OpenExchangesServer.StartAsync(
            build: builder => builder.Services.AddReverseProxy().LoadFromMemory(
                [new RouteConfig { RouteId = "all", ClusterId = "upstream", Match = new RouteMatch { Path = "/via/{**rest}" } }],
                [
                    new ClusterConfig
                    {
                        ClusterId = "upstream",
                        Destinations = new Dictionary<string, DestinationConfig> { ["first"] = new() { Address = upstream.Address.ToString() } },
                    },
                ]),
            map: (app, _) => app.MapReverseProxy());
        using var request = new HttpRequestMessage(HttpMethod.Get, "/via/upstream");
        request.Headers.Add("X-Tenant", "p1/c1");
        var response = server.Client.SendAsync(request);
        await Eventually.Holds(async () => (await server.OpenAsync(token: OpenExchangesServer.P1C1, after: 2)).Count == 1, "it shows to its tenant");
        release.SetResult();
        (await response).Dispose();
        await Eventually.Holds(() => server.Open.Count == 0, "it has ended");
    }

    [Test]
    public async Task An_early_answer_of_the_scope_delegate_does_not_change_the_entries()
    {
        var asked = 0;
        await using var server = await OpenExchangesServer.StartAsync(options =>
            options.Capture.Scope = context => new ExchangeScope(context.Request.Path.StartsWithSegments("/hang") && Interlocked.Increment(ref asked) == 1 ? "p1" : "p2"));
        var response = await server.HangAsync("/hang/a");
        (await server.OpenAsync(token: OpenExchangesServer.P1, after: 2)).Should().ContainSingle();
        server.Release();
        (await response).Dispose();
        await Eventually.Holds(async () => (await server.Server.StoredAsync()).Count == 2, "it is stored");
        (await server.Server.StoredAsync()).Should().OnlyContain(entry => entry.ProjectId == "p2");
    }

    [Test]
    public async Task A_scope_delegate_that_throws_or_reads_RequestAborted_does_not_fail_the_request()
    {
        await using var server = await OpenExchangesServer.StartAsync(options => options.Capture.Scope = context =>
        {
            context.RequestAborted.ThrowIfCancellationRequested();
            throw new InvalidOperationException();
        });
        var response = await server.HangAsync("/hang/a");
        (await server.OpenAsync(after: 2)).Should().ContainSingle();
        (await server.OpenAsync(token: OpenExchangesServer.P1)).Should().BeEmpty();
        server.Release();
        (await response).EnsureSuccessStatusCode();
    }
}
