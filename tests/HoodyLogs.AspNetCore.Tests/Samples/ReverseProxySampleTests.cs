using System.Net;
using System.Net.Http.Headers;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using FluentAssertions;
using HoodyLogs.TestSupport;
using NUnit.Framework;

namespace HoodyLogs.AspNetCore.Tests.Samples;

/// <summary>Runs the sample in Development, sends requests through it to its demo upstream, and reads the entries over HTTP.</summary>
public sealed class ReverseProxySampleTests
{
    private const string Tunnel = "7d9f0a52-3f4e-4c59-9d83-0c6a2d0c7a11";

    private TestFolder _folder = null!;
    private SampleProxy _proxy = null!;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        _folder = new TestFolder();
        _proxy = await SampleProcess.StartProxyAsync(_folder.Path, "Development", "--Demo:Traffic=false", "--Demo:ScopeHeaders=true");
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        await _proxy.DisposeAsync();
        _folder.Dispose();
    }

    [Test]
    public void In_Development_it_prints_three_curl_lines_and_needs_no_token()
    {
        _proxy.PrintedToken.Should().BeNull();
        _proxy.Process.Output.Split('\n').Where(line => line.TrimStart().StartsWith("curl", StringComparison.Ordinal)).Should().HaveCount(3);
    }

    [Test]
    public async Task E4_an_exchange_is_listed_as_a_request_and_a_response()
    {
        using var content = new StringContent("""{"name":"Ada"}""", Encoding.UTF8, "application/json");
        using var created = await _proxy.SendAsync(HttpMethod.Post, "/v1/users", "shop-web1-front-1.localhost", content);

        created.StatusCode.Should().Be(HttpStatusCode.Created);
        var entries = await _proxy.EntriesAsync("projectId=shop&method=POST", 2);
        entries.Should().HaveCount(2);
        var (request, response) = (entries[0], entries[1]);
        request.GetProperty("kind").GetString().Should().Be("request");
        response.GetProperty("kind").GetString().Should().Be("response");
        response.GetProperty("id").GetInt64().Should().Be(request.GetProperty("id").GetInt64() + 1);
        request.GetProperty("traceId").GetString().Should().Be(response.GetProperty("traceId").GetString());
        request.GetProperty("containerId").GetString().Should().Be("web1");
        request.GetProperty("serviceName").GetString().Should().Be("front");
        request.GetProperty("url").GetString().Should().Be("/v1/users");
        request.GetProperty("status").GetInt32().Should().Be(201);
        request.GetProperty("data").GetProperty("bytesIn").GetInt64().Should().Be(14);
        response.GetProperty("data").GetProperty("durationMs").GetDouble().Should().BePositive();
    }

    [Test]
    public async Task A_list_contains_the_exchanges_that_completed_before_it_on_the_same_connection()
    {
        using var handler = new SocketsHttpHandler { MaxConnectionsPerServer = 1 };
        using var client = new HttpClient(handler) { BaseAddress = _proxy.Client.BaseAddress };
        for (var i = 0; i < 30; i++)
        {
            using var answer = await client.GetAsync(new Uri($"/v1/users?round={i}", UriKind.Relative));
            var list = await client.GetStringAsync(new Uri("/api/proxy-logs/_logs?last=1", UriKind.Relative));

            list.Should().Contain($"/v1/users?round={i}\"");
        }
    }

    [Test]
    public async Task Without_a_host_name_or_headers_the_route_and_the_cluster_give_the_scope()
    {
        using var answer = await _proxy.SendAsync(HttpMethod.Get, "/v1/orders/1001");

        answer.StatusCode.Should().Be(HttpStatusCode.NotFound);
        var entry = (await _proxy.EntriesAsync("projectId=demo&q=1001", 2))[0];
        entry.GetProperty("containerId").GetString().Should().Be("sandbox");
        entry.GetProperty("serviceName").GetString().Should().Be("demo-upstream");
        entry.GetProperty("level").GetString().Should().Be("warn");
    }

    [Test]
    public async Task E6_the_response_entry_has_the_data_of_YARP()
    {
        using var answer = await _proxy.SendAsync(HttpMethod.Get, "/v1/users", "yarp-c1-api-1.localhost");

        var data = (await _proxy.EntriesAsync("projectId=yarp", 2))[1].GetProperty("data");

        data.GetProperty("route").GetString().Should().Be("demo");
        data.GetProperty("cluster").GetString().Should().Be("demo-upstream");
        data.GetProperty("destination").GetString().Should().Be("first");
        var stages = new[] { "beforeUpstreamMs", "upstreamHeadersMs", "upstreamBodyMs" }.Sum(stage => data.GetProperty(stage).GetDouble());
        stages.Should().BePositive().And.BeLessThanOrEqualTo(data.GetProperty("durationMs").GetDouble() + 0.003, "each stage is rounded");
        data.TryGetProperty("upstreamError", out _).Should().BeFalse();
    }

    [Test]
    public async Task Scope_headers_take_precedence_over_the_host_name_and_a_UUID_is_a_tunnel()
    {
        using var answer = await _proxy.SendAsync(
            HttpMethod.Get, "/status/503?x=1", "shop-web2-front-1.localhost", headers: [("X-Project-Id", "tunnels"), ("X-Container-Id", Tunnel), ("X-Service-Name", "t")]);

        answer.StatusCode.Should().Be(HttpStatusCode.ServiceUnavailable);
        await _proxy.EntriesAsync($"containerId={Tunnel}", 2);
        var request = (await _proxy.GetJsonAsync($"/v1/tunnels/{Tunnel}/requests"))[0];
        request.GetProperty("path").GetString().Should().Be("/status/503");
        request.GetProperty("statusCode").GetInt32().Should().Be(503);
        request.GetProperty("error").GetBoolean().Should().BeTrue();
        request.GetProperty("protocol").GetString().Should().Be("http");
    }

    [Test]
    public async Task Statistics_and_list_have_equal_counts()
    {
        using var answer = await _proxy.SendAsync(HttpMethod.Get, "/v1/users", "counted-c1-api-1.localhost");
        await _proxy.EntriesAsync("projectId=counted", 2);

        var stats = await _proxy.GetJsonAsync("/api/proxy-logs/_logs/stats");

        stats.GetProperty("byProject").GetProperty("counted").GetInt64().Should().Be(2);
        stats.GetProperty("byLevel").EnumerateObject().Select(level => level.Name).Should().BeEquivalentTo("debug", "info", "warn", "error");
    }

    [Test]
    public async Task The_stream_shows_an_exchange_as_it_happens()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        await using var stream = await _proxy.Client.GetStreamAsync(new Uri("/api/proxy-logs/_logs/stream?projectId=live", UriKind.Relative), limit.Token);
        using var reader = new StreamReader(stream);
        using var answer = await _proxy.SendAsync(HttpMethod.Get, "/v1/users", "live-c1-api-1.localhost");

        var kinds = new List<string?>();
        while (kinds.Count < 2 && await reader.ReadLineAsync(limit.Token) is { } line)
        {
            if (!line.StartsWith("data:", StringComparison.Ordinal)) continue;
            kinds.Add(JsonDocument.Parse(line["data:".Length..]).RootElement.GetProperty("kind").GetString());
        }

        kinds.Should().Equal("request", "response");
    }

    [Test]
    public async Task Bodies_of_a_mebibyte_pass_unchanged()
    {
        var body = RandomNumberGenerator.GetBytes(1024 * 1024);
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/x-noise");

        using var answer = await _proxy.SendAsync(HttpMethod.Post, "/echo", content: content);

        (await answer.Content.ReadAsByteArrayAsync()).Should().Equal(body);
        answer.Content.Headers.ContentType!.MediaType.Should().Be("application/x-noise");
    }

    [Test]
    public async Task Frames_of_the_upstream_pass_without_buffering()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        await using var stream = await _proxy.Client.GetStreamAsync(new Uri("/sse", UriKind.Relative), limit.Token);
        using var reader = new StreamReader(stream);

        (await reader.ReadLineAsync(limit.Token)).Should().Be("id: 1");
        (await reader.ReadLineAsync(limit.Token)).Should().Be("data: {\"n\":1}");
    }

    [Test]
    public async Task U6_WebSockets_pass_and_are_recorded_as_WebSockets()
    {
        const string Container = "0b7f1f0e-6b8e-4d47-8a56-5b3b1d5f9c02";
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        using (var socket = new ClientWebSocket())
        {
            socket.Options.SetRequestHeader("X-Project-Id", "sockets");
            socket.Options.SetRequestHeader("X-Container-Id", Container);
            await socket.ConnectAsync(new UriBuilder(_proxy.Client.BaseAddress!) { Scheme = "ws", Path = "/ws" }.Uri, limit.Token);
            await socket.SendAsync("hello"u8.ToArray(), WebSocketMessageType.Text, true, limit.Token);
            var buffer = new byte[16];
            var received = await socket.ReceiveAsync(buffer.AsMemory(), limit.Token);
            Encoding.UTF8.GetString(buffer, 0, received.Count).Should().Be("hello");
            await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, limit.Token);
        }

        await _proxy.EntriesAsync($"containerId={Container}", 2);
        (await _proxy.GetJsonAsync($"/v1/tunnels/{Container}/requests"))[0].GetProperty("protocol").GetString().Should().Be("ws");
    }

    [Test]
    public async Task E5_a_response_that_the_upstream_aborts_is_an_error()
    {
        await _proxy.Awaiting(proxy => proxy.SendAsync(HttpMethod.Get, "/drop", "cut-c1-api-1.localhost")).Should().ThrowAsync<HttpRequestException>();

        var entries = await _proxy.EntriesAsync("projectId=cut", 2);
        entries.Should().OnlyContain(entry => entry.GetProperty("level").GetString() == "error");
        entries[1].GetProperty("data").GetProperty("upstreamError").GetString().Should().Be("ResponseBodyDestination");
    }

    [Test]
    public async Task T6_a_deleted_container_has_no_entries()
    {
        using var answer = await _proxy.SendAsync(HttpMethod.Get, "/v1/users", "doomed-c1-api-1.localhost");
        await _proxy.EntriesAsync("projectId=doomed", 2);

        using var deleted = await _proxy.SendAsync(HttpMethod.Post, "/demo/delete-scope/doomed/c1");

        deleted.StatusCode.Should().Be(HttpStatusCode.NoContent);
        (await _proxy.GetJsonAsync("/api/proxy-logs/_logs?projectId=doomed")).GetProperty("total").GetInt64().Should().Be(0);
    }

    [TestCase("Origin", "https://evil.example")]
    [TestCase("Origin", "null")]
    [TestCase("Origin", "http://127.0.0.1:1")]
    [TestCase("Sec-Fetch-Site", "cross-site")]
    [TestCase("Sec-Fetch-Site", "same-site")]
    public async Task A10_a_page_of_another_origin_cannot_delete_a_scope(string header, string value)
    {
        using var deleted = await _proxy.SendAsync(HttpMethod.Post, "/demo/delete-scope/nobody/c1", headers: [(header, value)]);
        deleted.StatusCode.Should().Be(HttpStatusCode.Forbidden);
        using var own = await _proxy.SendAsync(
            HttpMethod.Post, "/demo/delete-scope/nobody/c1", headers: [("Origin", _proxy.Client.BaseAddress!.GetLeftPart(UriPartial.Authority)), ("Sec-Fetch-Site", "same-origin")]);
        own.StatusCode.Should().Be(HttpStatusCode.NoContent);
    }

    [Test]
    public async Task The_API_description_and_the_API_are_not_captured()
    {
        var paths = (await _proxy.GetJsonAsync("/openapi/v1.json")).GetProperty("paths");
        using var unknown = await _proxy.SendAsync(HttpMethod.Get, "/demo/unknown");
        using var marker = await _proxy.SendAsync(HttpMethod.Get, "/v1/users", "marker-c1-api-1.localhost");
        await _proxy.EntriesAsync("projectId=marker", 2);

        paths.EnumerateObject().Select(path => path.Name).Should().Contain(["/api/proxy-logs/_logs", "/v1/tunnels/{tunnelId}/requests"]);
        foreach (var text in new[] { "/openapi", "/demo", "/_logs" })
        {
            (await _proxy.GetJsonAsync($"/api/proxy-logs/_logs?q={text}")).GetProperty("total").GetInt64().Should().Be(0);
        }
    }

    [Test]
    public async Task The_sample_stores_no_events() =>
        (await _proxy.GetJsonAsync("/api/proxy-logs/_logs?kind=event")).GetProperty("total").GetInt64().Should().Be(0);
}
