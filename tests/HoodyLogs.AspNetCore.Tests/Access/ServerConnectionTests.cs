using System.Net;
using System.Net.Sockets;
using FluentAssertions;
using HoodyLogs.AspNetCore.Tests.Endpoints;
using HoodyLogs.TestSupport;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using NUnit.Framework;
using static HoodyLogs.AspNetCore.Tests.Access.AccessServer;

namespace HoodyLogs.AspNetCore.Tests.Access;

/// <summary>Tests of loopback connections, Unix sockets, test servers and forwarded requests.</summary>
public sealed class ServerConnectionTests
{
    private TestFolder _folder = null!;

    [SetUp]
    public void MakeFolder() => _folder = new TestFolder();

    [TearDown]
    public void DeleteFolder() => _folder.Dispose();

    [TestCase("X-Logs-Token", "no-such-token-at-all")]
    [TestCase("X-Logs-Token", "")]
    [TestCase("Authorization", "Bearer no-such-token-at-all")]
    [TestCase("Authorization", "Basic dXNlcjpwYXNz")]
    [TestCase("Via", "1.1 edge")]
    [TestCase("X-Real-IP", "127.0.0.1")]
    [TestCase("X-Original-For", "127.0.0.1:1")]
    [TestCase("X-Forwarded-Anything", "x")]
    public async Task A1_in_Development_an_invalid_credential_or_a_forwarded_request_is_403(string header, string value)
    {
        await using var server = await LogsApiServer.StartAsync(options => options.Access.Tokens.Clear(), "Development");
        (await server.StatusAsync()).Should().Be(HttpStatusCode.OK);
        (await server.StatusAsync((header, value))).Should().Be(HttpStatusCode.Forbidden);
    }

    [TestCase("X-Logs-Token", P1, P1)]
    [TestCase("X-Logs-Token", P1, "no-such-token-at-all")]
    [TestCase("X-Logs-Token", "", P1)]
    [TestCase("Authorization", "Bearer " + P1, "Bearer " + P1)]
    [TestCase("Authorization", "Basic x", "Bearer " + P1)]
    public async Task A1_a_credential_that_is_sent_twice_is_403(string header, string first, string second)
    {
        await using var server = await StartAsync();
        var text = $"GET {List} HTTP/1.1\r\nHost: {server.Address.Authority}\r\nConnection: close\r\n{header}: {first}\r\n{header}: {second}\r\n\r\n";
        using var socket = new TcpClient();
        await socket.ConnectAsync(server.Address.Host, server.Address.Port);
        await socket.GetStream().WriteAsync(System.Text.Encoding.ASCII.GetBytes(text));
        using var reader = new StreamReader(socket.GetStream());
        (await reader.ReadToEndAsync()).Should().StartWith("HTTP/1.1 403 ");
    }

    [Test]
    public async Task A8_forwarded_headers_never_make_a_caller_loopback([Values("X-Forwarded-For", "X-Client")] string name, [Values("127.0.0.1", "[::1]:7", "127.0.0.1:80")] string value)
    {
        await using var server = await LogsApiServer.StartAsync(
            options => options.Access.Tokens.Clear(), "Development",
            map: app =>
            {
                // The library cannot know these names, because the options are not registered as services.
                app.UseForwardedHeaders(new ForwardedHeadersOptions
                {
                    ForwardedHeaders = ForwardedHeaders.All,
                    ForwardedForHeaderName = name,
                    OriginalForHeaderName = "X-Before",
                    ForwardedHostHeaderName = "X-Client-Host",
                    OriginalHostHeaderName = "X-Before-Host",
                });
                app.MapProxyLogs();
            });
        (await server.StatusAsync((name, value))).Should().Be(HttpStatusCode.Forbidden);
    }

    [Test]
    public async Task A8_forwarded_headers_with_names_of_the_host_are_detected()
    {
        await using var server = await LogsApiServer.StartAsync(
            options => options.Access.Tokens.Clear(), "Development",
            builder => builder.Services.Configure<ForwardedHeadersOptions>(options => options.ForwardedForHeaderName = "X-Caller"));
        (await server.StatusAsync(("X-Caller", "10.0.0.1"))).Should().Be(HttpStatusCode.Forbidden);
    }

    [TestCase(null, null)]
    [TestCase("X-Forwarded-For", "127.0.0.1")]
    [TestCase("X-Forwarded-For", "127.0.0.1:0")]
    [TestCase("X-Client", "127.0.0.1")]
    public async Task A8_a_Unix_socket_is_never_loopback_or_an_admin_port(string? header, string? value)
    {
        var path = Path.Combine(_folder.Path, "s");
        await using var server = await LogsApiServer.StartAsync(
            options => options.Access.Tokens.Clear(), "Development",
            builder => builder.WebHost.ConfigureKestrel(kestrel =>
            {
                kestrel.Listen(IPAddress.Loopback, 0);
                kestrel.ListenUnixSocket(path);
            }),
            app =>
            {
                app.UseForwardedHeaders(Trusting("X-Forwarded-For"));
                app.UseForwardedHeaders(Trusting("X-Client"));
                app.Use((context, next) =>
                {
                    // Middleware of a host may set a port on a connection that has none.
                    if (header is not null) context.Connection.LocalPort = 9000;
                    return next(context);
                });
                app.MapProxyLogs();
            });
        using var client = new HttpClient(new SocketsHttpHandler
        {
            ConnectCallback = async (_, cancellation) =>
            {
                var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellation);
                return new NetworkStream(socket, ownsSocket: true);
            },
        })
        { BaseAddress = new Uri("http://localhost") };
        if (header is not null) client.DefaultRequestHeaders.Add(header, value);

        (await GetAsync()).Should().Be(HttpStatusCode.Forbidden);
        server.Options.Swap(options =>
        {
            options.Access.Tokens.Clear();
            options.Access.AllowInMemory = true;
        });
        (await GetAsync()).Should().Be(HttpStatusCode.Forbidden, "a Unix socket is no in-memory connection");
        server.Options.Swap(options => options.Access.AdminPorts = [9000, server.Address.Port]);
        (await GetAsync()).Should().Be(HttpStatusCode.Forbidden);
        client.DefaultRequestHeaders.Add("X-Logs-Token", LogsApiServer.AdminToken);
        (await GetAsync()).Should().Be(HttpStatusCode.OK, "a token is good on every connection");

        async Task<HttpStatusCode> GetAsync() => (await client.GetAsync(new Uri(List, UriKind.Relative))).StatusCode;
    }

    [TestCase("Development", false, null, HttpStatusCode.Forbidden)]
    [TestCase("Development", true, null, HttpStatusCode.OK)]
    [TestCase("Development", true, "X-Forwarded-For", HttpStatusCode.Forbidden)]
    [TestCase("Production", true, null, HttpStatusCode.Forbidden)]
    public async Task A8_a_test_server_is_authorized_only_if_the_host_allows_it(string environment, bool allow, string? header, HttpStatusCode expected)
    {
        await using var app = await InMemoryAsync(environment, access => access.AllowInMemory = allow);
        using var client = app.GetTestClient();
        if (header is not null) client.DefaultRequestHeaders.Add(header, "127.0.0.1");
        (await client.GetAsync(new Uri(List, UriKind.Relative))).StatusCode.Should().Be(expected);
    }

    [Test]
    public async Task A8_a_test_server_with_a_rule_authorizes_only_by_that_rule_and_never_by_port()
    {
        await using var app = await InMemoryAsync("Development", access =>
        {
            access.AllowInMemory = true;
            access.AdminPorts = [80, 443];
        });
        var context = await app.GetTestServer().SendAsync(request =>
        {
            request.Request.Path = List;
            request.Request.Host = new("localhost", 80);
            (request.Connection.RemoteIpAddress, request.Connection.LocalPort) = (IPAddress.Loopback, 80);
        });
        context.Response.StatusCode.Should().Be(403);
    }

    private static ForwardedHeadersOptions Trusting(string name) => new() { ForwardedHeaders = ForwardedHeaders.All, ForwardedForHeaderName = name };

    private async Task<WebApplication> InMemoryAsync(string environment, Action<AccessOptions> access)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { EnvironmentName = environment });
        builder.WebHost.UseTestServer();
        builder.Logging.ClearProviders();
        builder.Services.AddProxyLogs(options =>
        {
            options.Sqlite.Database = _folder.Database;
            options.Sqlite.MinFreeBytes = 0;
            access(options.Access);
        });
        var app = builder.Build();
        app.UseProxyLogs();
        app.MapProxyLogs();
        await app.StartAsync();
        return app;
    }
}
