using System.Net;
using System.Net.Sockets;
using System.Text;
using FluentAssertions;
using HoodyLogs.TestSupport;
using Microsoft.AspNetCore.Builder;
using NUnit.Framework;

namespace HoodyLogs.AspNetCore.Tests.Endpoints;

/// <summary>Tests of the visibility of open exchanges.</summary>
public sealed class OpenExchangesTenancyTests
{
    private const string Secret = "pl4nted";

    [Test]
    public async Task A2_a_caller_sees_only_the_open_exchanges_of_its_scope()
    {
        await using var server = await OpenExchangesServer.StartAsync();
        foreach (var tenant in new[] { "p1/c1", "p1/c2", "p2/c1", "p2" }) _ = await server.HangAsync($"/hang/{tenant}", tenant);
        _ = await server.HangAsync("/hang/nobodys");
        (await UrlsAsync(server, StreamServer.AdminToken, after: 2)).Should().Equal("/hang/nobodys", "/hang/p1/c1", "/hang/p1/c2", "/hang/p2", "/hang/p2/c1");
        (await UrlsAsync(server, OpenExchangesServer.P1)).Should().Equal("/hang/p1/c1", "/hang/p1/c2");
        (await UrlsAsync(server, OpenExchangesServer.P1C1)).Should().Equal("/hang/p1/c1");
        (await UrlsAsync(server, OpenExchangesServer.P1C2)).Should().Equal("/hang/p1/c2");
        (await UrlsAsync(server, OpenExchangesServer.P2)).Should().Equal("/hang/p2", "/hang/p2/c1");
        using var response = await server.GetAsync(token: OpenExchangesServer.P1C1);
        (await response.Content.ReadAsStringAsync()).Should().EndWith("\"total\":1}", "the total is of the scope too");
    }

    [TestCase(OpenExchangesServer.P1, "?projectId=p2", HttpStatusCode.Forbidden)]
    [TestCase(OpenExchangesServer.P1C1, "?containerId=c2", HttpStatusCode.Forbidden)]
    [TestCase(OpenExchangesServer.P1, "?containerId=elsewhere", HttpStatusCode.OK)]
    [TestCase("not-a-token-of-this-host", "", HttpStatusCode.Forbidden)]
    public async Task A2_naming_another_scope_is_403_as_in_the_list(string token, string query, HttpStatusCode expected)
    {
        await using var server = await OpenExchangesServer.StartAsync();
        _ = await server.HangAsync("/hang/p1", "p1/c1");
        _ = await server.HangAsync("/hang/p2", "p2/c1");
        server.Time.Advance(TimeSpan.FromSeconds(2));
        using var response = await server.GetAsync(query, token);
        response.StatusCode.Should().Be(expected);
        (await response.Content.ReadAsStringAsync()).Should().NotContain("/hang/");
        using var stranger = await server.Client.GetAsync(new Uri("/api/proxy-logs/_logs/open", UriKind.Relative));
        stranger.StatusCode.Should().Be(HttpStatusCode.Forbidden);
    }

    [Test]
    public async Task Q7_an_exchange_whose_scope_is_not_known_yet_is_visible_to_admins_only()
    {
        await using var server = await OpenExchangesServer.StartAsync();
        _ = await server.HangAsync("/silent/a", "p1/c1");
        (await UrlsAsync(server, StreamServer.AdminToken, after: 2)).Should().Equal("/silent/a");
        foreach (var token in new[] { OpenExchangesServer.P1, OpenExchangesServer.P1C1, OpenExchangesServer.P2 }) (await UrlsAsync(server, token)).Should().BeEmpty();
    }

    [Test]
    public async Task Q7_a_scope_from_the_host_name_is_known_on_arrival()
    {
        await using var server = await OpenExchangesServer.StartAsync(options => options.Capture.ScopeFromHost = true);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/silent/a") { Headers = { Host = "p1-c1-api-1.example" } };
        _ = await server.HangAsync("", "", request);
        (await UrlsAsync(server, OpenExchangesServer.P1C1, after: 2)).Should().Equal("/silent/a");
        (await UrlsAsync(server, OpenExchangesServer.P1C2)).Should().BeEmpty();
        (await UrlsAsync(server, OpenExchangesServer.P2)).Should().BeEmpty();
    }

    [TestCase("xn--a.example")]
    [TestCase("p1-c1-api-1.xn--0.example")]
    public async Task An_invalid_internationalized_host_name_does_not_fail_the_request(string host)
    {
        await using var server = await OpenExchangesServer.StartAsync(options => options.Capture.ScopeFromHost = true);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/silent/a") { Headers = { Host = host } };
        var response = await server.HangAsync("", "", request);
        (await UrlsAsync(server, StreamServer.AdminToken, after: 2)).Should().Equal("/silent/a");
        server.Release();
        (await response).EnsureSuccessStatusCode();
        await Eventually.Holds(async () => (await server.Server.StoredAsync()).Count == 2, "it is stored");
    }

    [Test]
    public async Task An_id_that_is_too_long_gives_no_scope()
    {
        await using var server = await OpenExchangesServer.StartAsync();
        _ = await server.HangAsync("/hang/a", "p1/" + new string('c', 129));
        (await UrlsAsync(server, OpenExchangesServer.P1, after: 2)).Should().BeEmpty();
        (await UrlsAsync(server, StreamServer.AdminToken)).Should().Equal("/hang/a");
    }

    [Test]
    public async Task Exchanges_that_are_not_captured_are_not_listed()
    {
        await using var server = await OpenExchangesServer.StartAsync(
            options => options.Capture.ExcludedPaths = ["/hang/excluded/**"],
            (app, hang) => app.Map("/disabled", context => hang(context)).DisableProxyLogs());
        _ = await server.HangAsync("/disabled", "p1/c1");
        _ = await server.HangAsync("/hang/excluded/x", "p1/c1");
        await using var stream = await server.Server.TailAsync();
        (await server.OpenAsync(after: 5)).Should().BeEmpty();
    }

    [Test]
    public async Task Exchanges_that_are_not_captured_are_not_listed_even_if_routing_runs_later()
    {
        await using var server = await OpenExchangesServer.StartAsync(map: (app, hang) =>
        {
            app.UseRouting();
            app.Map("/disabled", context => hang(context)).DisableProxyLogs();
        });
        _ = await server.HangAsync("/disabled", "p1/c1");
        await using var stream = await server.Server.TailAsync();
        server.Open.Count.Should().Be(2);
        (await server.OpenAsync(after: 5)).Should().BeEmpty();
    }

    [Test]
    public async Task A5_requests_to_the_logs_API_are_listed_if_they_are_captured()
    {
        await using var server = await OpenExchangesServer.StartAsync(options => options.Capture.CaptureLogsApi = true);
        await using var stream = await server.Server.TailAsync("?level=info");
        (await UrlsAsync(server, StreamServer.AdminToken, after: 2)).Should().Equal("/api/proxy-logs/_logs/stream?level=info");
    }

    [Test]
    public async Task Open_exchanges_are_redacted()
    {
        await using var server = await OpenExchangesServer.StartAsync();
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, server.Server.Address.Port);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(
            $"GET http://me:{Secret}@x/hang/a?token={Secret}&x=found-me&next=https%3A%2F%2Fx%2F%3Ftoken%3D{Secret} HTTP/1.1\r\nHost: x\r\nX-Tenant: p1\r\n"
            + $"Authorization: Bearer {Secret}\r\nCookie: a={Secret}\r\nUser-Agent: Tester password={Secret}\r\n\r\n"));
        await Eventually.Holds(async () => (await server.OpenAsync(after: 2)).Count == 1, "it shows");
        foreach (var token in new[] { StreamServer.AdminToken, OpenExchangesServer.P1 })
        {
            using var response = await server.GetAsync(token: token);
            var page = await response.Content.ReadAsStringAsync();
            page.Should().Contain("found-me").And.Contain("[redacted]").And.NotContain(Secret);
        }
    }

    private static async Task<List<string>> UrlsAsync(OpenExchangesServer server, string token, double after = 0) =>
        [.. (await server.OpenAsync(token: token, after: after)).Select(OpenExchangesServer.UrlOf).Order(StringComparer.Ordinal)];
}
