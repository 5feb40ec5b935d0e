using System.Net.Sockets;
using System.Text;
using FluentAssertions;
using HoodyLogs.TestSupport;
using NUnit.Framework;

namespace HoodyLogs.AspNetCore.Tests.Endpoints;

/// <summary>
/// Sends random requests over raw connections, so that no client library normalizes them. All answers are 200 or 4xx, memory does not grow,
/// and the server keeps serving.
/// </summary>
public sealed class FuzzTests
{
    private const int RequestsPerConnection = 50;

    private static readonly string[] Names =
    [
        "limit", "offset", "last", "afterId", "beforeId", "order", "level", "kind", "source", "method", "serviceName", "projectId", "containerId", "traceId",
        "status", "from", "to", "q", "cursor", "includeRequestBody", "includeResponseBody", "after", "token", "tail", "%6cimit", "l%00imit", "", "limit[]", "__proto__",
    ];

    private static readonly string[] Values =
    [
        "1", "0", "-1", "1000", "1001", "99999999999999999999", "1e9", "0x10", "%00", "%", "%zz", "%ff%fe", "%ed%a0%80", "%F0%9F%92%A9", "true", "null", "NaN",
        "warn,error", ",,,", "5xx", "400-499", "599-100", "2024-06-12T14:33:54Z", "2024-06-12T14:33:54+02:00", "9999-12-31T23:59:59.9999999+14:00",
        "0001-01-01", "p1", "c1", "asc", "desc", "'", "\"", "'%20OR%201=1--", "../..", "<script>", "%2500", "+", "%20", "a%26b", "AQAA", "=", "9223372036854775807",
    ];

    private static readonly string[] Paths =
    [
        "/api/proxy-logs/_logs", "/api/proxy-logs/_logs/", "/api/proxy-logs/_logs/stats", "/api/proxy-logs/_logs/1", "/api/proxy-logs/_logs/%31",
        "/api/proxy-logs/_logs/99999999999999999999", "/api/proxy-logs/_logs/%00", "/api/proxy-logs/_logs/..%2f..", "/api/proxy-logs/_logs/%ff",
        "/v1/tunnels/550e8400-e29b-41d4-a716-446655440000/requests", "/v1/tunnels/%00/requests", "/v1/tunnels//requests", "/v1/tunnels/%ff/requests",
    ];

    private static readonly string[] Headers =
    [
        "X-Logs-Token: " + LogsApiServer.AdminToken, "X-Logs-Token: token-of-project-one", "X-Logs-Token: wrong", "X-Logs-Token:", "Authorization: Bearer", "Authorization: Bearer ",
        "Authorization: bearer token-of-project-one", "Authorization: Basic %00", "Last-Event-ID: x", "Last-Event-ID: -1", "Last-Event-ID: 99999999999999999999", "Accept: nothing/*", "Range: bytes=0-1", "If-None-Match: *",
        "X-Forwarded-For: 127.0.0.1", "Cookie: a=b; c", "Accept-Encoding: gzip", "Content-Length: 0", "X-Logs-Token: é", "Forwarded: for=\"[::1]\"",
        "Host: p1-c1-logs-1.example", "Connection: keep-alive", "Expect: 100-continue",
    ];

    [TestCase(1, false)]
    [TestCase(2, true)]
    public async Task L7_random_requests_get_200_or_4xx(int seed, bool fanout)
    {
        await using var server = await LogsApiServer.StartAsync(options =>
        {
            options.AdminFanout = fanout;
            (options.Access.RestrictByHost, options.Access.TrustHostHeader) = (true, true);
            options.Access.Tokens.Add(new AccessToken { Token = "token-of-project-one", ProjectId = "p1" });
        });
        await server.AppendAsync([.. Enumerable.Range(0, 50).Select(_ => Some.Exchange())]);
        var statuses = new Dictionary<int, int>();
        var random = new Random(seed);
        await RunAsync(server, random, 2_000, statuses);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        await RunAsync(server, random, 10_000, statuses);
        var grown = GC.GetTotalMemory(forceFullCollection: true) - before;

        statuses.Keys.Should().OnlyContain(status => status == 200 || (status >= 400 && status < 500));
        statuses.Should().ContainKeys(200, 400, 401, 403, 404);
        grown.Should().BeLessThan(4_000_000);
        (await server.GetAsync("/api/proxy-logs/_logs/stats")).GetProperty("total").GetInt32().Should().Be(100);
    }

    [Test]
    public async Task L7_requests_that_are_too_large_get_4xx()
    {
        await using var server = await LogsApiServer.StartAsync();
        var random = new Random(3);
        foreach (var request in new[]
        {
            $"GET /api/proxy-logs/_logs?q={new string('x', 7_900)} HTTP/1.1\r\nHost: x\r\nX-Logs-Token: {LogsApiServer.AdminToken}\r\nConnection: close\r\n\r\n",
            $"GET /api/proxy-logs/_logs?{string.Join('&', Enumerable.Repeat("level=info", 700))} HTTP/1.1\r\nHost: x\r\nX-Logs-Token: {LogsApiServer.AdminToken}\r\nConnection: close\r\n\r\n",
            $"GET /api/proxy-logs/_logs?q={new string('x', 20_000)} HTTP/1.1\r\nHost: x\r\n\r\n",
            $"GET /api/proxy-logs/_logs HTTP/1.1\r\nHost: x\r\nX-Logs-Token: {new string('x', 40_000)}\r\n\r\n",
        })
        {
            using var connection = await ConnectAsync(server);
            await connection.GetStream().WriteAsync(Encoding.Latin1.GetBytes(request));
            var status = await new StreamReader(connection.GetStream()).ReadLineAsync();
            status.Should().MatchRegex("^HTTP/1.1 (200|4..) ", request[..100]);
        }
    }

    /// <summary>Counts responses instead of requests, because the server closes a connection after invalid HTTP.</summary>
    private static async Task RunAsync(LogsApiServer server, Random random, int count, Dictionary<int, int> statuses)
    {
        for (var until = statuses.Values.Sum() + count; statuses.Values.Sum() < until;)
        {
            using var connection = await ConnectAsync(server);
            var requests = Enumerable.Range(0, RequestsPerConnection).Select(i => Request(random, last: i == RequestsPerConnection - 1)).ToList();
            var sending = connection.GetStream().WriteAsync(Encoding.UTF8.GetBytes(string.Concat(requests))).AsTask();
            var answers = await new StreamReader(connection.GetStream(), Encoding.Latin1).ReadToEndAsync();
            await sending.ContinueWith(_ => { }, TaskScheduler.Default);
            foreach (var line in answers.Split("\r\n"))
            {
                // A response follows the previous body, which may not end with a line break.
                var at = line.LastIndexOf("HTTP/1.1 ", StringComparison.Ordinal);
                if (at < 0 || !int.TryParse(line.AsSpan(at + 9, 3), out var status)) continue;
                statuses[status] = statuses.GetValueOrDefault(status) + 1;
            }
        }
    }

    private static async Task<TcpClient> ConnectAsync(LogsApiServer server)
    {
        var connection = new TcpClient();
        await connection.ConnectAsync("127.0.0.1", server.Address.Port);
        return connection;
    }

    private static string Request(Random random, bool last)
    {
        // Streams only by HEAD, because a GET does not end.
        var isHead = random.Next(10) == 0;
        var text = new StringBuilder(isHead ? "HEAD " : random.Next(20) == 0 ? "POST " : "GET ")
            .Append(isHead && random.Next(3) == 0 ? "/api/proxy-logs/_logs/stream" : Pick(random, Paths));
        for (var i = random.Next(5); i > 0; i--)
        {
            text.Append(text.ToString().Contains('?', StringComparison.Ordinal) ? '&' : '?').Append(Pick(random, Names)).Append('=');
            for (var j = random.Next(8) == 0 ? random.Next(30) : 1; j > 0; j--) text.Append(Pick(random, Values));
        }

        text.Append(" HTTP/1.1\r\n");
        var headers = new HashSet<string> { random.Next(3) == 0 ? Pick(random, Headers) : Headers[random.Next(2)] };
        for (var i = random.Next(4); i > 0; i--) headers.Add(Pick(random, Headers));
        if (!headers.Any(header => header.StartsWith("Host:", StringComparison.Ordinal))) headers.Add("Host: localhost");
        foreach (var header in headers) text.Append(header).Append("\r\n");
        return text.Append(last ? "Connection: close\r\n\r\n" : "\r\n").ToString();
    }

    private static string Pick(Random random, string[] choices) => choices[random.Next(choices.Length)];
}
