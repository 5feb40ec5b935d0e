using System.Net;
using System.Net.Sockets;
using System.Text;
using FluentAssertions;
using HoodyLogs.AspNetCore.Access;
using HoodyLogs.AspNetCore.Endpoints.Responses;
using HoodyLogs.TestSupport;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace HoodyLogs.AspNetCore.Tests.Endpoints;

/// <summary>Clients that request large responses and never read them hold little memory for a limited time.</summary>
public sealed class SlowClientTests
{
    private const string Token = "the-token-of-project-one";
    private const string List = "/api/proxy-logs/_logs";
    private const int Reads = 8;
    private const int PooledPerRead = ResponseBufferFactory.FlushThresholdBytes + (2 * 64 * 1024) + (16 * 1024);

    private static readonly TimeSpan SendTimeout = TimeSpan.FromSeconds(30);

    [TestCase(List + "?limit=1000")]
    [TestCase(List + "?last=1000")]
    [TestCase(List + "?limit=1000&q=xx")]
    [TestCase("/v1/tunnels/550e8400-e29b-41d4-a716-446655440000/requests?limit=500")]
    public async Task A4_connections_that_never_read_hold_little_memory_and_are_aborted(string path)
    {
        var time = new ManualTime(DateTimeOffset.FromUnixTimeMilliseconds(Some.ArrivalMs));
        await using var server = await StartAsync(time);
        var (buffers, limits) = (server.Services.GetRequiredService<ResponseBufferFactory>(), server.Services.GetRequiredService<ReadLimiter>());
        var silent = new List<Socket>();
        try
        {
            for (var i = 0; i < 3 * Reads; i++) silent.Add(await AskAsync(server.Address, path));
            await Eventually.Holds(() => silent.TrueForAll(socket => socket.Available > 0), "all requests were let in or refused");
            await Eventually.Holds(() => time.WaitingTimers >= Reads, "the reads that were let in wait for their clients");
            buffers.BufferedBytes.Should().BeInRange(1, Reads * PooledPerRead);
            (await StatusAsync(server)).Should().Be(HttpStatusCode.TooManyRequests, "all places are taken");

            // Some connections may still have been filling the socket buffers at the timeout.
            await Eventually.Holds(() => AfterTheTimeout(time, () => limits.ReadsInProgress == 0), "the places come back");
            buffers.BufferedBytes.Should().Be(0);
            await Eventually.Holds(async () => await StatusAsync(server) == HttpStatusCode.OK, "the places come back");
            var cut = 0;
            foreach (var socket in silent) cut += await IsCutOffAsync(socket) ? 1 : 0;

            // A scan that timed out may return a response that fits into the socket buffer.
            cut.Should().BeInRange(1, Reads);
        }
        finally
        {
            silent.ForEach(socket => socket.Dispose());
        }
    }

    [Test]
    public async Task A4_HTTP_2_clients_that_never_read_are_aborted_and_a_read_over_the_limit_is_a_plain_429()
    {
        using var folder = new TestFolder();
        var time = new ManualTime(DateTimeOffset.FromUnixTimeMilliseconds(Some.ArrivalMs));
        await using var server = await StreamServer.StartAsync(folder.Database, options => options.Limits.MaxConcurrentReads = Reads, time);
        await server.Store.AppendAsync(
            [.. Enumerable.Range(0, 300).Select(i => Some.Exchange(url: $"/{i}?" + new string('x', 8_000)))], CancellationToken.None);
        var (buffers, limits) = (server.Services.GetRequiredService<ResponseBufferFactory>(), server.Services.GetRequiredService<ReadLimiter>());
        using var client = new HttpClient { BaseAddress = server.Http2Address, DefaultRequestVersion = HttpVersion.Version20, DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact };
        client.DefaultRequestHeaders.Add("X-Logs-Token", StreamServer.AdminToken);
        var before = time.WaitingTimers;
        var silent = new List<HttpResponseMessage>();
        for (var i = 0; i < Reads; i++) silent.Add(await client.GetAsync(new Uri(List + "?limit=1000", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead));
        await Eventually.Holds(() => time.WaitingTimers >= before + Reads, "all wait for the client's window");
        buffers.BufferedBytes.Should().BeInRange(1, Reads * PooledPerRead);
        using (var refused = await client.GetAsync(new Uri(List, UriKind.Relative)))
        {
            refused.StatusCode.Should().Be(HttpStatusCode.TooManyRequests);
            refused.Headers.RetryAfter!.Delta.Should().Be(TimeSpan.FromSeconds(1));
            (await refused.Content.ReadAsStringAsync()).Should().Be("""{"statusCode":429,"error":"Too Many Requests","message":"Rate limit exceeded for log reads"}""");
        }

        await Eventually.Holds(() => AfterTheTimeout(time, () => limits.ReadsInProgress == 0), "the places come back");
        buffers.BufferedBytes.Should().Be(0);
        foreach (var response in silent)
        {
            await response.Invoking(response => response.Content.ReadAsByteArrayAsync()).Should().ThrowAsync<HttpRequestException>();
            response.Dispose();
        }
    }

    [Test]
    public async Task A4_a_client_that_leaves_releases_its_read_at_once()
    {
        await using var server = await StartAsync(new ManualTime(DateTimeOffset.FromUnixTimeMilliseconds(Some.ArrivalMs)));
        for (var round = 0; round < 3; round++)
        {
            var silent = new List<Socket>();
            for (var i = 0; i < Reads; i++) silent.Add(await AskAsync(server.Address, List + "?limit=1000"));
            await Eventually.Holds(
                async () =>
                {
                    if (await StatusAsync(server) == HttpStatusCode.TooManyRequests) return true;

                    // A read of the round before may still have held a place, so that one of these clients was refused.
                    silent.Add(await AskAsync(server.Address, List + "?limit=1000"));
                    return false;
                },
                "all places are taken");
            silent.ForEach(socket => socket.Dispose());
            await Eventually.Holds(async () => await StatusAsync(server) == HttpStatusCode.OK, "the places come back");
        }
    }

    private static bool AfterTheTimeout(ManualTime time, Func<bool> condition)
    {
        time.Advance(SendTimeout);
        return condition();
    }

    private static async Task<LogsApiServer> StartAsync(TimeProvider time)
    {
        var server = await LogsApiServer.StartAsync(
            options =>
            {
                options.Access.Tokens.Add(new AccessToken { Token = Token, ProjectId = "p1" });
                options.Limits.MaxConcurrentReads = Reads;
                options.Limits.SendTimeout = SendTimeout;
            },
            time: time);
        await server.AppendAsync([.. Enumerable.Range(0, 600).Select(i => Some.Exchange(
            container: "550e8400-e29b-41d4-a716-446655440000", url: $"/{i}{new string('x', 8_000)}"))]);
        return server;
    }

    private static async Task<HttpStatusCode> StatusAsync(LogsApiServer server)
    {
        using var client = server.Stranger();
        client.DefaultRequestHeaders.Add("X-Logs-Token", Token);
        using var response = await client.GetAsync(new Uri(List + "?limit=1", UriKind.Relative));
        return response.StatusCode;
    }

    private static async Task<Socket> AskAsync(Uri server, string path)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4096, NoDelay = true };
        await socket.ConnectAsync(server.Host, server.Port);
        await socket.SendAsync(Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: {server.Authority}\r\nX-Logs-Token: {Token}\r\n\r\n"));
        return socket;
    }

    /// <summary>Returns whether the response is incomplete. An error answer is complete and keeps the connection.</summary>
    private static async Task<bool> IsCutOffAsync(Socket socket)
    {
        var buffer = new byte[64 * 1024];
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var isWhole = false;
        var first = true;
        try
        {
            while (!isWhole)
            {
                var count = await socket.ReceiveAsync(buffer, limit.Token);
                if (count == 0) return true;
                var text = Encoding.ASCII.GetString(buffer, 0, count);
                isWhole = (first && text.StartsWith("HTTP/1.1 429", StringComparison.Ordinal)) || text.EndsWith("\r\n0\r\n\r\n", StringComparison.Ordinal);
                first = false;
            }

            return false;
        }
        catch (SocketException)
        {
            return true;
        }
    }
}
