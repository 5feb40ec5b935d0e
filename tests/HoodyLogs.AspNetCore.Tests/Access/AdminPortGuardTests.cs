using System.Net;
using FluentAssertions;
using HoodyLogs.AspNetCore.Tests.Endpoints;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.HttpOverrides;
using NUnit.Framework;
using static HoodyLogs.AspNetCore.Tests.Access.AccessServer;

namespace HoodyLogs.AspNetCore.Tests.Access;

/// <summary>Tests of web pages on an admin port.</summary>
public sealed class AdminPortGuardTests
{
    private LogsApiServer _server = null!;

    [OneTimeSetUp]
    public async Task Start()
    {
        _server = await StartAsync(map: app =>
        {
            app.UseForwardedHeaders(new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedHost });
            app.MapProxyLogs();
        });
        _server.Options.Swap(options =>
        {
            options.Access.AdminPorts = [_server.Address.Port];
            options.Access.AdminHosts = ["logs.internal", "fd00::7"];
        });
    }

    [OneTimeTearDown]
    public async Task Stop() => await _server.DisposeAsync();

    [TestCase("evil.example", "", "", true)]
    [TestCase("evil.example", "Origin", "http://evil.example", false)]
    [TestCase("evil.example", "Origin", "null", false)]
    [TestCase("evil.example", "Sec-Fetch-Site", "same-origin", false)]
    [TestCase("evil.example", "sec-fetch-mode", "cors", false)]
    [TestCase("evil.example", "Sec-Fetch-Whatever", "x", false)]
    [TestCase("evil.example", "Referer", "http://evil.example/", false)]
    [TestCase("evil.example", "Accept-Language", "en", false)]
    [TestCase("evil.example", "User-Agent", "Mozilla/5.0 (X11; Linux x86_64)", false)]
    [TestCase("evil.example", "User-Agent", "curl/8.5.0", true)]
    [TestCase("localhost.evil.example", "Origin", "http://localhost", false)]
    [TestCase("logs.internal.evil.example", "Origin", "http://logs.internal", false)]
    [TestCase("10.0.0.5", "Origin", "http://10.0.0.5", false)]
    [TestCase("10.0.0.5", "User-Agent", "Mozilla/5.0", true)]
    [TestCase("localhost", "Origin", "http://localhost", true)]
    [TestCase("127.0.0.1:9000", "Sec-Fetch-Site", "none", true)]
    [TestCase("[::1]:9000", "Sec-Fetch-Site", "none", true)]
    [TestCase("LOGS.internal:9000", "Sec-Fetch-Site", "same-origin", true)]
    [TestCase("logs.internal.", "Origin", "http://logs.internal", true)]
    [TestCase("[fd00::7]:9000", "Origin", "http://[fd00::7]:9000", true)]
    public async Task A10_a_web_page_needs_a_known_host_name(string host, string header, string value, bool admitted)
    {
        (string, string)[] headers = header.Length == 0 ? [("Host", host)] : [("Host", host), (header, value)];
        var (status, body) = await _server.SendAsync(List, headers);
        status.Should().Be(admitted ? HttpStatusCode.OK : HttpStatusCode.Forbidden);
        if (!admitted) body.Should().Contain("AdminHosts");
        (await _server.SendAsync(List, [.. headers, ("X-Logs-Token", LogsApiServer.AdminToken)])).Status.Should().Be(HttpStatusCode.OK, "a token is good under every host");
    }

    [TestCase("localhost")]
    [TestCase("logs.internal")]
    public async Task A10_a_forwarded_host_does_not_replace_the_host_of_the_page(string forwarded) =>
        (await _server.StatusAsync(("Host", "evil.example"), ("X-Forwarded-Host", forwarded), ("Sec-Fetch-Site", "same-origin")))
            .Should().Be(HttpStatusCode.Forbidden);

    [Test]
    public async Task A10_a_reload_changes_the_known_hosts()
    {
        (string, string)[] page = [("Host", "later.internal"), ("Origin", "http://later.internal")];
        (await _server.StatusAsync(page)).Should().Be(HttpStatusCode.Forbidden);
        _server.Options.Swap(options => (options.Access.AdminPorts, options.Access.AdminHosts) = ([_server.Address.Port], ["later.internal", "logs.internal", "fd00::7"]));
        (await _server.StatusAsync(page)).Should().Be(HttpStatusCode.OK);
    }
}
