using System.Net;
using System.Net.Sockets;
using System.Text;
using FluentAssertions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace HoodyLogs.AspNetCore.Tests.Capture;

/// <summary>Hostile requests are stored safely and within the limits of an entry.</summary>
public sealed class HostileInputTests
{
    [Test]
    public async Task Ten_thousand_headers_are_limited()
    {
        var headers = string.Concat(Enumerable.Range(0, 10_000).Select(i => $"X-{i}: y\r\n"));
        var record = await SendAsync($"GET / HTTP/1.1\r\nHost: x\r\n{headers}\r\n", options => options.Capture.CaptureHeaders = true);
        record.RequestData!.Length.Should().BeLessThan(20_000);
        var entry = record.Request();
        entry.Data("headers").EnumerateObject().Should().HaveCount(100).And.OnlyContain(
            header => header.Name == "Host" || header.Value.GetString() == "[redacted]");
        entry.Data("headersTruncated").GetBoolean().Should().BeTrue();
    }

    [Test]
    public async Task Long_urls_headers_and_methods_are_truncated_and_marked()
    {
        var method = new string('M', 5000);
        var record = await SendAsync(
            $"{method} /{new string('u', 20_000)} HTTP/1.1\r\nHost: x\r\nUser-Agent: {new string('a', 9000)}\r\n\r\n", _ => { });
        record.Url.Should().HaveLength(8192);
        record.UserAgent.Should().HaveLength(1024);
        record.Method.Should().BeNull();
        record.Request().Data("method").GetString().Should().HaveLength(1024);
        record.Request().Data("urlTruncated").GetBoolean().Should().BeTrue();
    }

    [TestCase("!#$%&'*+-.^_`|~")]
    [TestCase("get")]
    [TestCase("GETT")]
    public async Task Unknown_methods_create_no_series(string method)
    {
        var record = await SendAsync($"{method} / HTTP/1.1\r\nHost: x\r\n\r\n", _ => { });
        var canonical = HttpMethods.GetCanonicalizedValue(method);
        record.Method.Should().Be(canonical == method ? null : canonical);
    }

    [TestCase("/%0a%1b%ff%ED%A0%80\"\\<script>")]
    [TestCase("/?%=%&==&token=&token")]
    [TestCase("/..%2f..//%2e%2e/;a=b?#")]
    public async Task Unusual_targets_are_stored_unchanged(string target) =>
        (await SendAsync($"GET {target} HTTP/1.1\r\nHost: x\r\n\r\n", _ => { })).Request().Url.Should().Be(target);

    [TestCase("http://me:s3cret@x/path?x=1", "/path?x=1")]
    [TestCase("http://me:s3cret@x", "/")]
    [TestCase("http://x?token=s3cret", "/?token=[redacted]")]
    public async Task A_target_in_absolute_form_is_stored_as_path_and_query(string target, string url) =>
        (await SendAsync($"GET {target} HTTP/1.1\r\nHost: x\r\n\r\n", _ => { })).Url.Should().Be(url);

    [Test]
    public async Task A_target_in_asterisk_form_is_stored_unchanged() =>
        (await SendAsync("OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n", _ => { })).Url.Should().Be("*");

    [Test]
    public async Task Invalid_UTF8_and_control_characters_become_valid_JSON()
    {
        var record = await SendAsync("GET / HTTP/1.1\r\nHost: x\r\nUser-Agent: \u00ff\u0001\u001b[31m\t\"\r\n\r\n", _ => { });
        record.Request().Data("userAgent").GetString().Should().Be("\u00ff\u0001\u001b[31m\t\"");
    }

    [Test]
    public async Task Unpaired_surrogates_in_values_of_the_host_are_replaced()
    {
        var record = await SendAsync("GET / HTTP/1.1\r\nHost: x\r\n\r\n", options =>
            options.Capture.Enrich = (_, data) => data.Add("odd\ud800\"", "\udc00" + new string('x', 10_000)));
        record.Response().Data("odd\ufffd\"").GetString().Should().StartWith("\ufffdx").And.HaveLength(8192);
    }

    /// <summary>Sends one byte for each character to a server with high limits.</summary>
    private static async Task<LogRecord> SendAsync(string request, Action<ProxyLogsOptions> options)
    {
        await using var server = await CaptureServer.StartAsync(
            app => app.Run(context => context.Response.WriteAsync("ok")),
            options,
            build: builder => builder.Services.Configure<KestrelServerOptions>(kestrel =>
            {
                kestrel.Limits.MaxRequestHeaderCount = 20_000;
                kestrel.Limits.MaxRequestHeadersTotalSize = 1 << 20;
                kestrel.Limits.MaxRequestLineSize = 1 << 16;
                kestrel.Limits.MaxRequestBufferSize = 1 << 21;
                kestrel.RequestHeaderEncodingSelector = _ => Encoding.Latin1;
            }));
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, server.Address.Port);
        await client.GetStream().WriteAsync(Encoding.Latin1.GetBytes(request));
        var answer = new byte[8];
        await client.GetStream().ReadExactlyAsync(answer);
        return await server.NextAsync();
    }
}
