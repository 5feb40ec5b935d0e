using System.Text.Json;
using FluentAssertions;
using HoodyLogs.TestSupport;
using NUnit.Framework;

namespace HoodyLogs.AspNetCore.Tests.Endpoints;

/// <summary>Paging during writes at full speed returns each entry once.</summary>
public sealed class PagingWhileWritingTests
{
    private const string Tunnel = "550e8400-e29b-41d4-a716-446655440000";
    private const int Records = 6_000;

    [Test]
    public async Task L5_paging_by_afterId_returns_each_entry_once()
    {
        await using var server = await LogsApiServer.StartAsync();
        var writing = WriteAsync(server);
        var seen = new List<long>();
        while (seen.Count < Records * 2)
        {
            var page = await server.GetAsync($"/api/proxy-logs/_logs?afterId={seen.LastOrDefault()}&limit=137");
            seen.AddRange(page.GetProperty("entries").EnumerateArray().Select(entry => entry.GetProperty("id").GetInt64()));
        }

        await writing;
        seen.Should().Equal(Enumerable.Range(1, Records * 2).Select(id => (long)id));
    }

    [Test]
    public async Task U4_paging_by_after_returns_each_request_of_a_tunnel_once()
    {
        await using var server = await LogsApiServer.StartAsync();
        await server.AppendAsync(Some.Exchange(container: Tunnel, url: "/first"));
        var writing = WriteAsync(server);
        var (seen, after) = (new List<string>(), "2000-01-01T00:00:00Z");
        while (seen.Count < (Records / 2) + 1)
        {
            using var page = JsonDocument.Parse(await server.Client.GetStringAsync(
                new Uri($"/v1/tunnels/{Tunnel}/requests?limit=61&after={after}", UriKind.Relative)));
            var requests = page.RootElement.EnumerateArray().Reverse().ToList();
            if (requests.Count == 0) continue;
            seen.AddRange(requests.Select(request => request.GetProperty("path").GetString()!));
            after = requests[^1].GetProperty("ingestedAt").GetString()!;
        }

        await writing;
        seen.Skip(1).Should().Equal(Enumerable.Range(0, Records).Where(i => i % 2 == 0).Select(i => $"/{i}"));
    }

    [Test]
    public async Task F4_paging_by_cursor_returns_the_snapshot_once()
    {
        await using var server = await LogsApiServer.StartAsync(options => options.AdminFanout = true);
        await server.AppendAsync([.. Enumerable.Range(0, 500).Select(_ => Some.Exchange())]);
        var writing = Task.CompletedTask;
        var (seen, cursor) = (new List<long>(), "");
        do
        {
            var text = await server.Client.GetStringAsync(new Uri("/api/proxy-logs/_logs?limit=97" + cursor, UriKind.Relative));
            var lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement).ToList();
            seen.AddRange(lines[..^1].Select(entry => entry.GetProperty("id").GetInt64()));
            if (cursor.Length == 0) writing = WriteAsync(server);
            cursor = lines[^1].GetProperty("cursor").GetString() is { } next ? "&cursor=" + next : "";
        }
        while (cursor.Length > 0);

        await writing;
        seen.Should().Equal(Enumerable.Range(1, 1_000).Select(id => (long)id));
    }

    /// <summary>Writes batches of 1 to 40 exchanges. Every second exchange belongs to the tunnel.</summary>
    private static Task WriteAsync(LogsApiServer server) => Task.Run(async () =>
    {
        var random = new Random(1);
        for (var written = 0; written < Records;)
        {
            var count = Math.Min(random.Next(1, 41), Records - written);
            var batch = new List<LogRecord>();
            for (var i = 0; i < count; i++, written++) batch.Add(Some.Exchange(container: written % 2 == 0 ? Tunnel : "c2", url: $"/{written}"));
            await server.AppendAsync([.. batch]);
        }
    });
}
