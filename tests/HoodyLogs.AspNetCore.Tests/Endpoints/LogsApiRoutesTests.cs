using System.Net;
using System.Text.Json;
using FluentAssertions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Forwarder;

namespace HoodyLogs.AspNetCore.Tests.Endpoints;

/// <summary>The routes of the logs API in a proxy whose own routes match everything with the highest priority.</summary>
public sealed class LogsApiRoutesTests
{
    private LogsApiServer _server = null!;
    private WebApplication _upstream = null!;

    [OneTimeSetUp]
    public async Task Start()
    {
        _upstream = WebApplication.CreateSlimBuilder().Build();
        _upstream.Urls.Add("http://127.0.0.1:0");
        _upstream.Run(context => context.Response.WriteAsync("proxied"));
        await _upstream.StartAsync();
        RouteConfig[] routes =
        [
            new() { RouteId = "all", ClusterId = "c", Order = -1_000, Match = new RouteMatch { Path = "{**catch-all}" } },
            new() { RouteId = "api", ClusterId = "c", Match = new RouteMatch { Path = "/api/{**rest}", Methods = ["GET", "POST"] } },
            new() { RouteId = "logs", ClusterId = "c", Match = new RouteMatch { Path = "/api/proxy-logs/{x}/stats" } },
        ];
        ClusterConfig[] clusters =
        [
            new()
            {
                ClusterId = "c",
                Destinations = new Dictionary<string, DestinationConfig> { ["d"] = new() { Address = _upstream.Urls.First() } },
                HttpRequest = new ForwarderRequestConfig(),
            },
        ];
        _server = await LogsApiServer.StartAsync(
            build: builder => builder.Services.AddReverseProxy().LoadFromMemory(routes, clusters),
            map: app =>
            {
                app.MapReverseProxy();
                app.MapProxyLogs();
            });
    }

    [OneTimeTearDown]
    public async Task Stop()
    {
        await _server.DisposeAsync();
        await _upstream.DisposeAsync();
    }

    [Test]
    public async Task L10_other_paths_are_proxied()
    {
        foreach (var path in new[] { "/", "/api/proxy-logs", "/api/proxy-logs/_logsx", "/v1/tunnels/x" })
        {
            (await _server.Client.GetStringAsync(new Uri(path, UriKind.Relative))).Should().Be("proxied", path);
        }
    }

    [TestCase("/api/proxy-logs/_logs/nothing")]
    [TestCase("/api/proxy-logs/_logs/stats/more")]
    [TestCase("/api/proxy-logs/_logs//stats")]
    [TestCase("/api/proxy-logs/_logs//")]
    [TestCase("/API/Proxy-Logs/_LOGS/Nothing")]
    [TestCase("/api/proxy-logs/%5Flogs/nothing")]
    [TestCase("/api/x/../proxy-logs/_logs/nothing")]
    [TestCase("/api/proxy-logs/_logs/a%2Fb")]
    public async Task L10_unknown_paths_are_404_for_every_method(string path)
    {
        foreach (var method in new[] { "GET", "POST", "DELETE", "OPTIONS", "HEAD", "PROPFIND" })
        {
            using var response = await SendAsync(method, path);
            response.StatusCode.Should().Be(HttpStatusCode.NotFound, $"{method} {path}");
            if (method != "HEAD") (await ErrorOf(response)).GetProperty("statusCode").GetInt32().Should().Be(404);
        }
    }

    [TestCase("/api/proxy-logs/_logs")]
    [TestCase("/api/proxy-logs/_logs/")]
    [TestCase("/api/proxy-logs/_logs/stats")]
    [TestCase("/api/proxy-logs/_logs/stats/")]
    [TestCase("/api/proxy-logs/_logs/stream")]
    [TestCase("/API/PROXY-LOGS/_Logs/STREAM")]
    [TestCase("/api/proxy-logs/_logs/17")]
    [TestCase("/v1/tunnels/550e8400-e29b-41d4-a716-446655440000/requests")]
    [TestCase("/v1/tunnels/nonsense/requests/")]
    [TestCase("/V1/Tunnels/550E8400-E29B-41D4-A716-446655440000/REQUESTS")]
    [TestCase("/v1/tunnels/550e8400-e29b-41d4-a716-446655440000/%72equests")]
    [TestCase("/v1/tunnels//requests")]
    [TestCase("/v1/tunnels/a%2Fb/requests")]
    public async Task L10_other_methods_are_405_with_Allow(string path)
    {
        foreach (var method in new[] { "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND" })
        {
            using var response = await SendAsync(method, path);
            response.StatusCode.Should().Be(HttpStatusCode.MethodNotAllowed, $"{method} {path}");
            response.Content.Headers.Allow.Should().Equal("GET", "HEAD");
        }
    }

    [Test]
    public async Task L10_answers_are_not_cached_and_a_caller_without_access_learns_nothing()
    {
        using var stranger = _server.Stranger();
        foreach (var path in new[] { "/api/proxy-logs/_logs", "/api/proxy-logs/_logs?limit=x", "/api/proxy-logs/_logs/1", "/api/proxy-logs/_logs/no/such" })
        {
            using var response = await stranger.PostAsync(new Uri(path, UriKind.Relative), null);
            response.StatusCode.Should().Be(HttpStatusCode.Forbidden, path);
            response.Headers.CacheControl!.NoStore.Should().BeTrue();
            (await response.Content.ReadAsStringAsync()).Should()
                .Be("""{"statusCode":403,"error":"Forbidden","message":"Logs token missing or invalid"}""");
            response.Content.Headers.ContentType!.ToString().Should().Be("application/json");
        }
    }

    private async Task<HttpResponseMessage> SendAsync(string method, string path)
    {
        // Sent unchanged: HttpClient would normalize the path.
        var uri = new Uri(_server.Address + path.TrimStart('/'), new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
        using var request = new HttpRequestMessage(new HttpMethod(method), uri);
        return await _server.Client.SendAsync(request);
    }

    private static async Task<JsonElement> ErrorOf(HttpResponseMessage response) =>
        JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
}
