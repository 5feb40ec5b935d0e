using System.Net.Sockets;
using System.Text;
using FluentAssertions;
using HoodyLogs.AspNetCore.Capture.Bodies;
using HoodyLogs.AspNetCore.Capture.Recording;
using HoodyLogs.TestSupport;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace HoodyLogs.AspNetCore.Tests.Capture.Bodies;

/// <summary>The memory for bodies is limited, and one project cannot use all of it.</summary>
public sealed class BodyMemoryTests
{
    private const int Limit = 400_000;

    [Test]
    public void A_share_grows_until_it_is_as_large_as_the_free_memory()
    {
        var memory = new BodyMemory();
        var (first, second) = (BodyMemory.ShareOf("acme"), BodyMemory.UnknownScope);
        memory.TryTake(50, first, 100).Should().BeTrue();
        memory.TryTake(1, first, 100).Should().BeFalse("one share takes half at most");
        memory.TryTake(25, second, 100).Should().BeTrue();
        memory.TryTake(1, second, 100).Should().BeFalse();
        memory.GiveBack(50, first);
        memory.TryTake(25, second, 100).Should().BeTrue("what is given back can be used by others");
        memory.GiveBack(50, second);
        memory.Used.Should().Be(0);
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task Stalled_uploads_of_one_project_or_without_project_leave_memory_for_others(bool isKnown)
    {
        await using var server = await CaptureServer.StartAsync(app => app.Run(ReadAsync), options =>
        {
            PostedBody.Both(options);
            options.Capture.MaxBodyMemory = Limit;
            options.Capture.Scope = context => new ExchangeScope(context.Request.Headers["X-Tenant"]);
        });
        var memory = server.Services.GetRequiredService<ExchangeRecorder>().BodyMemory;
        var stalled = new List<TcpClient>();
        for (var i = 0; i < 40; i++) stalled.Add(await StallAsync(server, isKnown ? "X-Tenant: greedy\r\n" : ""));
        await Eventually.Holds(() => memory.Refused >= 20, "the greedy one has used up its share");
        memory.Used.Should().BeInRange(Limit / 4, Limit / 2);

        for (var i = 0; i < 5; i++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/") { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(new string('x', 30_000))) };
            request.Content.Headers.Add("Content-Type", "text/plain");
            request.Headers.Add("X-Tenant", "modest");
            (await server.Client.SendAsync(request)).Dispose();
            var record = await server.NextAsync();
            (record.ProjectId, record.RequestBodyState).Should().Be(("modest", BodyState.Full));
            record.ReleaseBodies();
        }

        stalled.ForEach(client => client.Dispose());
        for (var i = 0; i < stalled.Count; i++) (await server.NextAsync()).ReleaseBodies();
        memory.Used.Should().Be(0);
    }

    [Test]
    public async Task Invented_host_names_share_the_memory_of_their_client()
    {
        await using var server = await CaptureServer.StartAsync(app => app.Run(ReadAsync), options =>
        {
            PostedBody.Both(options);
            options.Capture.MaxBodyMemory = Limit;
            options.Capture.ScopeFromHost = true;
            options.Capture.Scope = context => new ExchangeScope(context.Request.Headers["X-Tenant"]);
        });
        var memory = server.Services.GetRequiredService<ExchangeRecorder>().BodyMemory;
        var stalled = new List<TcpClient>();
        for (var i = 0; i < 40; i++) stalled.Add(await StallAsync(server, "", $"greedy{i}-c1-web-1.example"));
        await Eventually.Holds(() => memory.Refused >= 20, "the invented names have used up their share");
        memory.Used.Should().BeInRange(Limit / 4, Limit / 2);
        stalled.ForEach(client => client.Dispose());
        for (var i = 0; i < stalled.Count; i++) (await server.NextAsync()).ReleaseBodies();
        memory.Used.Should().Be(0);
    }

    [Test]
    public async Task A_body_with_secrets_is_not_stored_without_memory_for_redaction()
    {
        var filler = new string('x', 8_000);
        await using var server = await CaptureServer.StartAsync(app => app.Run(ReadAsync), options =>
        {
            options.Capture.CaptureRequestBody = true;
            options.Capture.MaxBodyMemory = 40_000;
        });
        var memory = server.Services.GetRequiredService<ExchangeRecorder>().BodyMemory;
        foreach (var (type, text) in new[] { ("text/html", $$"""<a x='"password":"hunter2"'>{{filler}}"""), ("application/json", $$"""{"a":"{\"password\":1}","b":"{{filler}}"}""") })
        {
            using var content = new StringContent(text, Encoding.UTF8, type);
            (await server.Client.PostAsync("/", content)).Dispose();
            var record = await server.NextAsync();
            (record.RequestBody, record.RequestBodyState).Should().Be((null, BodyState.Redacted), type);
        }

        (memory.Used, memory.Refused).Should().Be((0, 2));
    }

    [Test]
    public async Task A_page_without_secrets_allocates_no_large_string()
    {
        var page = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("<p class=\"a\" title=\"b: c\">text</p>\n", 1800)));
        await using var server = await CaptureServer.StartAsync(app => app.Run(ReadAsync), options => options.Capture.CaptureRequestBody = true);
        await SendAsync();
        var before = GC.CollectionCount(2);
        var allocated = GC.GetTotalAllocatedBytes(precise: true);
        const int Times = 50;
        for (var i = 0; i < Times; i++) await SendAsync();
        var each = (GC.GetTotalAllocatedBytes(precise: true) - allocated) / Times;
        each.Should().BeLessThan(page.Length, $"a string of the page would be {2 * page.Length} bytes ({GC.CollectionCount(2) - before} collections)");

        async Task SendAsync()
        {
            using var content = new ByteArrayContent(page);
            content.Headers.Add("Content-Type", "text/html");
            (await server.Client.PostAsync("/", content)).Dispose();
            var record = await server.NextAsync();
            record.RequestBodyState.Should().Be(BodyState.Full);
            record.ReleaseBodies();
        }
    }

    [Test]
    public async Task A_failing_scope_delegate_does_not_affect_the_exchange()
    {
        await using var server = await CaptureServer.StartAsync(
            app => app.Run(ReadAsync), PostedBody.Both + (options => options.Capture.Scope = _ => throw new InvalidOperationException()));
        (await server.Client.PostAsync("/", new StringContent("hello"))).EnsureSuccessStatusCode();
        (await server.NextAsync()).Request().RequestBody.Should().Be("hello");
    }

    private static async Task ReadAsync(HttpContext context) => await context.Request.Body.CopyToAsync(Stream.Null);

    private static async Task<TcpClient> StallAsync(CaptureServer server, string headers, string host = "x")
    {
        var client = new TcpClient();
        await client.ConnectAsync(server.Address.Host, server.Address.Port);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"POST / HTTP/1.1\r\nHost: {host}\r\n{headers}Content-Type: text/plain\r\nContent-Length: 50000\r\n\r\n{new string('y', 40_000)}"));
        return client;
    }
}
