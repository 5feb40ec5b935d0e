using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using FluentAssertions;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace HoodyLogs.AspNetCore.Tests.Capture;

/// <summary>Requests that Kestrel rejects before they reach the pipeline are events for admins.</summary>
public sealed class RejectedRequestListenerTests
{
    private static readonly string LongLine = $"GET /{new string('u', 9_000)} HTTP/1.1\r\nHost: x\r\n\r\n";
    private static readonly string LongHeaders = $"GET / HTTP/1.1\r\nHost: x\r\n{string.Concat(Enumerable.Range(0, 40).Select(i => $"X-{i}: {new string('h', 1_000)}\r\n"))}\r\n";

    private static IEnumerable<TestCaseData> Refused =>
    [
        new("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400) { TestName = "two Host headers" },
        new("GET / HTTP/1.1\r\n\r\n", 400) { TestName = "no Host header" },
        new(LongLine, 414) { TestName = "a long request line" },
        new(LongHeaders, 431) { TestName = "long headers" },
        new("\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\n\n", 400) { TestName = "TLS on a plain port" },
        new("GET / HTTP/9.9\r\nHost: x\r\n\r\n", 505) { TestName = "an unknown version" },
        new("GET / HTTP/1.1\r\nHost: x\r\nno colon\r\n\r\n", 400) { TestName = "a header without a colon" },
        new("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: a\r\n\r\n", 400) { TestName = "an odd length" },
    ];

    [TestCaseSource(nameof(Refused))]
    public async Task A_request_that_the_server_rejects_is_one_event_for_admins(string request, int status)
    {
        await using var server = await StartAsync();
        (await SendAsync(server, request)).Should().StartWith($"HTTP/1.1 {status} ");
        var record = await server.NextAsync();
        (record.Shape, record.Level, record.Status).Should().Be((RecordShape.Event, EntryLevel.Warn, status));
        (record.ProjectId, record.ContainerId, record.ServiceName, record.ClientIp).Should().Be((null, null, null, "127.0.0.1"));
        var entry = record.Request();
        entry.Data("status").GetInt32().Should().Be(status);
        entry.Data("message").GetString().Should().NotBeNullOrEmpty();
        server.Sink.Count.Should().Be(0);
    }

    [Test]
    public async Task A_bad_request_after_a_good_one_on_the_same_connection_is_an_event()
    {
        await using var server = await StartAsync();
        await SendAsync(server, "GET /good HTTP/1.1\r\nHost: x\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n");
        (await server.NextAsync()).Url.Should().Be("/good");
        (await server.NextAsync()).Shape.Should().Be(RecordShape.Event);
        server.Sink.Count.Should().Be(0);
    }

    [Test]
    public async Task A_request_that_capture_has_seen_is_one_exchange_and_no_event()
    {
        await using var server = await StartAsync();
        await SendAsync(server, "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nnot a chunk\r\n");
        var record = await server.NextAsync();
        (record.Shape, record.Status, record.Level).Should().Be((RecordShape.Exchange, 400, EntryLevel.Warn));
        await server.Client.GetAsync("/next");
        (await server.NextAsync()).Url.Should().Be("/next");
    }

    [Test]
    public async Task An_excluded_request_is_no_event()
    {
        await using var server = await StartAsync(options => options.Capture.ExcludedPaths = ["/out"]);
        await SendAsync(server, "POST /out HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nnot a chunk\r\n");
        await server.Client.GetAsync("/next");
        (await server.NextAsync()).Url.Should().Be("/next");
    }

    [TestCase("Capture:Enabled", "false")]
    [TestCase("Capture:MinLevel", "error")]
    public async Task Options_exclude_rejected_requests(string key, string value)
    {
        await using var server = await StartAsync();
        server.Reload($"ProxyLogs:{key}", value);
        await SendAsync(server, "GET / HTTP/1.1\r\n\r\n");
        server.Reload($"ProxyLogs:{key}", key == "Capture:Enabled" ? "true" : "debug");
        await server.Client.GetAsync("/next");
        (await server.NextAsync()).Url.Should().Be("/next");
    }

    [Test]
    public async Task Secrets_of_a_header_that_the_server_quotes_are_redacted()
    {
        await using var server = await StartAsync();
        await SendAsync(server, "GET / HTTP/1.1\r\nHost: x/?token=hunter2\r\n\r\n");
        var message = (await server.NextAsync()).Request().Data("message").GetString();
        message.Should().Contain("token=").And.NotContain("hunter2");
    }

    [Test]
    public async Task A_full_queue_does_not_affect_the_server()
    {
        await using var server = await StartAsync();
        server.Sink.IsFull = true;
        (await SendAsync(server, "GET / HTTP/1.1\r\n\r\n")).Should().StartWith("HTTP/1.1 400 ");
    }

    [Test]
    public async Task Listening_creates_no_activities_and_enables_no_other_diagnostics()
    {
        var (activity, names) = (false, new List<string>());
        await using var server = await CaptureServer.StartAsync(app => app.Run(context =>
        {
            activity = Activity.Current is not null;
            var diagnostics = context.RequestServices.GetRequiredService<DiagnosticListener>();
            foreach (var name in new[] { "Microsoft.AspNetCore.Hosting.HttpRequestIn", "Microsoft.AspNetCore.Hosting.BeginRequest", "Microsoft.AspNetCore.Server.Kestrel.BadRequest" })
            {
                if (diagnostics.IsEnabled(name)) names.Add(name);
            }

            return Task.CompletedTask;
        }));
        await server.Client.GetAsync("/");
        activity.Should().BeFalse();
        names.Should().Equal("Microsoft.AspNetCore.Server.Kestrel.BadRequest");
    }

    private static Task<CaptureServer> StartAsync(Action<ProxyLogsOptions>? options = null, Action<WebApplicationBuilder>? build = null) => CaptureServer.StartAsync(
        app => app.Run(context => context.Request.Body.CopyToAsync(Stream.Null)), options, build: build);

    /// <summary>Sends bytes and reads until the server closes the connection.</summary>
    private static async Task<string> SendAsync(CaptureServer server, string request)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, server.Address.Port);
        await client.GetStream().WriteAsync(Encoding.Latin1.GetBytes(request));
        var received = new StringBuilder();
        var buffer = new byte[4_096];
        try
        {
            for (int read; (read = await client.GetStream().ReadAsync(buffer)) > 0;) received.Append(Encoding.Latin1.GetString(buffer, 0, read));
        }
        catch (IOException)
        {
            // The server closes the connection before it has read all bytes.
        }

        return received.ToString();
    }
}
