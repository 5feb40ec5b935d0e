using System.Net;
using System.Net.Http.Headers;
using System.Text;
using FluentAssertions;
using HoodyLogs.AspNetCore.Capture.Policies;
using HoodyLogs.AspNetCore.Tests.Endpoints;
using HoodyLogs.TestSupport;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using NUnit.Framework;

namespace HoodyLogs.AspNetCore.Tests.Capture;

/// <summary><c>Capture:ClientAddress</c>.</summary>
public sealed class ClientAddressTests
{
    private const string Client = "203.0.113.42";

    [TestCase("203.0.113.42", "203.0.113.42", "203.0.113.0")]
    [TestCase("::ffff:203.0.113.42", "203.0.113.42", "203.0.113.0")]
    [TestCase("2001:db8:1:2:3:4:5:6", "2001:db8:1:2:3:4:5:6", "2001:db8:1::")]
    [TestCase("fe80::1%7", "fe80::1%7", "fe80::")]
    [TestCase("::1", "::1", "::")]
    [TestCase("2002:cb00:712a::1", "2002:cb00:712a::1", "2002:cb00:7100::")]
    [TestCase("64:ff9b::203.0.113.42", "64:ff9b::cb00:712a", "64:ff9b::")]
    [TestCase("2001:0:cb00:712a:0:0:3f57:fed6", "2001:0:cb00:712a::3f57:fed6", "2001:0:cb00::")]
    public void An_address_is_formatted_as_the_option_requires(string address, string full, string truncated)
    {
        var parsed = IPAddress.Parse(address);
        new ClientAddress(ClientAddressMode.Full).Format(parsed).Should().Be(full);
        new ClientAddress(ClientAddressMode.Truncated).Format(parsed).Should().Be(truncated);
        new ClientAddress(ClientAddressMode.None).Format(parsed).Should().BeNull();
    }

    [Test]
    public async Task A_reload_changes_the_address_mode()
    {
        await using var server = await StartAsync();
        foreach (var (mode, shown) in new[] { ("Full", Client), ("Truncated", "203.0.113.0"), ("None", null), ("Full", Client) })
        {
            server.Reload("ProxyLogs:Capture:ClientAddress", mode);
            await server.Client.GetAsync("/");
            (await server.NextAsync()).ClientIp.Should().Be(shown, mode);
        }
    }

    [TestCase("X-Forwarded-For", "203.0.113.42, 10.0.0.1")]
    [TestCase("Forwarded", "for=203.0.113.42;proto=https")]
    [TestCase("X-Real-IP", "203.0.113.42")]
    [TestCase("CF-Connecting-IP", "203.0.113.42")]
    [TestCase("True-Client-IP", "203.0.113.42")]
    [TestCase("X-Client-Ip", "203.0.113.42")]
    [TestCase("Fastly-Client-IP", "203.0.113.42")]
    [TestCase("X-Azure-ClientIP", "203.0.113.42")]
    [TestCase("X-Original-For", "203.0.113.42:4711")]
    [TestCase("X-Envoy-External-Address", "203.0.113.42")]
    [TestCase("Remote_Addr", "203.0.113.42")]
    [TestCase("X-ProxyUser-Ip", "::ffff:203.0.113.42")]
    [TestCase("X-Caller", "it is 203.0.113.42")]
    [TestCase("X-Caller", "it is [::FFFF:203.0.113.42]:80")]
    public async Task Allowed_headers_with_the_client_address_are_redacted(string name, string value)
    {
        foreach (var mode in new[] { ClientAddressMode.Full, ClientAddressMode.Truncated, ClientAddressMode.None })
        {
            await using var server = await StartAsync(options =>
            {
                options.Capture.ClientAddress = mode;
                options.Capture.CaptureHeaders = true;
                options.Capture.AllowedHeaders = [name, "X-Forwarded-Proto", "X-Answer"];
            });
            using var request = new HttpRequestMessage(HttpMethod.Get, "/");
            request.Headers.TryAddWithoutValidation(name, value);
            request.Headers.TryAddWithoutValidation("X-Forwarded-Proto", "https");
            await server.Client.SendAsync(request);
            var record = await server.NextAsync();
            var shown = record.Request().Data.GetRawText() + record.Response().Data.GetRawText();
            shown.Should().Contain("\"X-Forwarded-Proto\":\"https\"").And.Contain("\"X-Answer\"");
            if (mode == ClientAddressMode.Full) shown.Should().Contain(Client);
            else shown.Should().NotContain(Client);
        }
    }

    [Test]
    public async Task Log_records_of_an_exchange_do_not_contain_the_full_address()
    {
        await using var server = await StartAsync(options => options.Capture.ClientAddress = ClientAddressMode.Truncated);
        await server.Client.GetAsync("/log");
        for (var i = 0; i < 3; i++)
        {
            var record = await server.NextAsync();
            foreach (var entry in new[] { record.Request(), record.ForScope() })
            {
                var shown = entry.Data.GetRawText();
                shown.Should().NotContain(Client).And.NotContain("198.51.100.7").And.NotContain("2001:db8:1:2::3").And.Contain("203.0.113.0");
            }
        }
    }

    [Test]
    public async Task No_file_contains_a_full_address([Values(ClientAddressMode.Truncated, ClientAddressMode.None)] ClientAddressMode mode)
    {
        using var folder = new TestFolder();
        await using (var server = await StreamServer.StartAsync(
            folder.Database,
            options =>
            {
                options.Capture.ClientAddress = mode;
                options.Capture.CaptureHeaders = true;
                options.Capture.AllowedHeaders = ["X-Forwarded-For", "X-Caller", "User-Agent"];
            },
            build: builder => builder.Logging.AddProxyLogs(),
            map: Map))
        {
            using var client = new HttpClient { BaseAddress = server.Address };
            client.DefaultRequestHeaders.Add("X-Forwarded-For", Client);
            client.DefaultRequestHeaders.Add("X-Caller", Client);
            client.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("found-me", "1"));
            foreach (var path in new[] { "/", "/log" }) await client.GetAsync(path);
            await Eventually.Holds(
                async () =>
                {
                    await server.Sink.FlushAsync(CancellationToken.None);
                    return (await server.StoredAsync()).Count == 7;
                },
                "all are stored");
        }

        var files = Directory.GetFiles(folder.Path).Select(file => Encoding.Latin1.GetString(File.ReadAllBytes(file))).ToList();
        files.Should().Contain(text => text.Contains("found-me")).And.NotContain(text => text.Contains(Client));
    }

    [Test]
    public async Task Open_exchanges_show_the_address_as_the_option_requires()
    {
        await using var server = await OpenExchangesServer.StartAsync(options => options.Capture.ClientAddress = ClientAddressMode.Truncated);
        _ = await server.HangAsync("/hang/a");
        (await server.OpenAsync(after: 2)).Single().GetProperty("clientIp").GetString().Should().Be("127.0.0.0");
    }

    private static Task<CaptureServer> StartAsync(Action<AspNetCore.ProxyLogsOptions>? options = null) => CaptureServer.StartAsync(
        app => Handle(app), options, app => Use(app), builder => builder.Logging.AddProxyLogs());

    private static void Map(WebApplication app)
    {
        Use(app);
        app.UseProxyLogs();
        Handle(app);
    }

    private static void Use(WebApplication app) => app.Use((context, next) =>
    {
        context.Connection.RemoteIpAddress = IPAddress.Parse("::ffff:" + Client);
        return next();
    });

    private static void Handle(WebApplication app)
    {
        app.MapGet("/", (HttpResponse response) =>
        {
            response.Headers["X-Answer"] = $"to {Client}";
            return "answer";
        });
        app.MapGet("/log", (HttpContext context, ILoggerFactory logs) =>
        {
            var logger = logs.CreateLogger("Host.Part");
            logger.LogWarning("call of {Address}", context.Connection.RemoteIpAddress);
            logger.LogWarning("call of {Client} through {EndPoint} and {Other}", Client, new IPEndPoint(IPAddress.Parse("198.51.100.7"), 80), IPAddress.Parse("2001:db8:1:2::3"));
            logger.LogError(new InvalidOperationException($"refused by {Client}"), "call of {Client} failed", Client);
        });
    }
}
