using FluentAssertions;
using HoodyLogs.TestSupport;
using NUnit.Framework;

namespace HoodyLogs.AspNetCore.Tests.Endpoints;

/// <summary>Reads show all records that were queued before them. The test itself is the writer.</summary>
public sealed class ReadBarrierTests
{
    private const string List = "/api/proxy-logs/_logs";
    private const string Tunnel = "550e8400-e29b-41d4-a716-446655440000";

    private static readonly TimeSpan LongEnough = TimeSpan.FromSeconds(30);

    [TestCase(List, false)]
    [TestCase(List + "/1", false)]
    [TestCase(List + "/stats", false)]
    [TestCase(List, true)]
    [TestCase($"/v1/tunnels/{Tunnel}/requests", false)]
    public async Task A_read_waits_until_earlier_records_are_stored(string url, bool fanout)
    {
        await using var server = await StartAsync(fanout);
        server.Queue.TryWrite(Record()).Should().BeTrue();
        var reading = server.Client.GetStringAsync(new Uri(url, UriKind.Relative));
        server.Queue.WaitForBatch(LongEnough).Should().BeTrue("the read ends the rest");
        reading.IsCompleted.Should().BeFalse();
        await StoreAsync(server);
        (await reading).Should().ContainAny("/fresh", "\"total\":2");
    }

    [TestCase(List + "?limit=x", false, 400)]
    [TestCase(List + "/stats?status=5xx", false, 400)]
    [TestCase(List + "/-5", false, 404)]
    [TestCase(List + "?limit=x", true, 400)]
    [TestCase(List + "?cursor=x", true, 400)]
    [TestCase($"/v1/tunnels/{Tunnel}/requests?limit=x", false, 400)]
    [TestCase("/v1/tunnels/x/requests", false, 400)]
    public async Task A_refused_read_does_not_wait(string url, bool fanout, int status)
    {
        await using var server = await StartAsync(fanout);
        server.Queue.TryWrite(Record()).Should().BeTrue();
        await StoreAsync(server);
        server.Queue.TryWrite(Record()).Should().BeTrue();
        using var response = await server.Client.GetAsync(new Uri(url, UriKind.Relative));
        ((int)response.StatusCode).Should().Be(status);
        server.Queue.WaitForBatch(TimeSpan.Zero).Should().BeFalse("nothing has ended the rest");
    }

    [Test]
    public async Task Later_pages_of_a_fan_out_do_not_wait_because_they_stay_in_its_snapshot()
    {
        await using var server = await StartAsync(fanout: true);
        server.Queue.TryWrite(Record()).Should().BeTrue();
        await StoreAsync(server);
        var first = await server.Client.GetStringAsync(new Uri(List + "?limit=1", UriKind.Relative));
        var cursor = first.Split("\"cursor\":\"")[1].Split('"')[0];
        server.Queue.TryWrite(Record()).Should().BeTrue();
        (await server.Client.GetStringAsync(new Uri($"{List}?limit=1&cursor={cursor}", UriKind.Relative))).Should().Contain("/fresh");
        server.Queue.WaitForBatch(TimeSpan.Zero).Should().BeFalse();
    }

    private static Task<LogsApiServer> StartAsync(bool fanout) => LogsApiServer.StartAsync(options => options.AdminFanout = fanout);

    private static LogRecord Record() =>
        Some.Exchange(container: Tunnel, url: "/fresh", atMs: TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds());

    private static async Task StoreAsync(LogsApiServer server)
    {
        server.Queue.TryTake(out var item).Should().BeTrue();
        await server.AppendAsync((LogRecord)item!);
        server.Queue.ReleaseCapacity();
        server.Queue.SetHandled();
        server.Queue.ResetWake();
    }
}
