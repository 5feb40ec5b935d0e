using System.Net;
using FluentAssertions;
using HoodyLogs.TestSupport;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace HoodyLogs.AspNetCore.Tests.Endpoints;

/// <summary>Tests of heartbeats and of the end of streams.</summary>
public sealed class StreamLifetimeTests
{
    private TestFolder _folder = null!;

    [SetUp]
    public void MakeFolder() => _folder = new TestFolder();

    [TearDown]
    public void DeleteFolder() => _folder.Dispose();

    [Test]
    public async Task T8_a_heartbeat_is_sent_after_the_configured_silence_and_not_before()
    {
        var time = new ManualTime();
        await using var server = await StreamServer.StartAsync(_folder.Database, time: time);
        await using var tail = await server.TailAsync("?kind=event");
        var opening = await tail.TextAsync(1);

        // With entries at 10 s and 24 s, the silence never lasts 15 s.
        time.Advance(TimeSpan.FromSeconds(10));
        await server.WriteAsync(Some.Event("a"));
        var first = await tail.TextAsync(1);
        time.Advance(TimeSpan.FromSeconds(14));
        await server.WriteAsync(Some.Event("b"));
        var second = await tail.TextAsync(1);

        var heartbeat = tail.TextAsync(1);
        var passed = TimeSpan.Zero;
        for (; !heartbeat.IsCompleted; passed += TimeSpan.FromSeconds(1))
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Eventually.Holds(() => heartbeat.IsCompleted || time.WaitingTimers > 1, "the stream has set its timer again");
        }

        (opening + first + second).Should().NotContain(":\n\n");
        (await heartbeat).Should().Be(":\n\n");
        passed.Should().BeGreaterOrEqualTo(TimeSpan.FromSeconds(15));
    }

    [Test]
    public async Task T8_shutdown_ends_open_streams_even_those_whose_client_does_not_read()
    {
        await using var server = await StreamServer.StartAsync(_folder.Database, options => options.Queue.WhenFull = QueueFullMode.Wait);
        var tails = new List<StreamClient>();
        for (var i = 0; i < 50; i++) tails.Add(await server.TailAsync("?kind=event"));
        await using var stuck = await server.TailAsync();
        await using var live = await server.TailAsync("?status=500");
        await FillSocketsAsync(server);

        await server.StopAsync().WaitAsync(TimeSpan.FromSeconds(20));

        foreach (var tail in tails)
        {
            (await tail.NextAsync()).Should().BeNull();
            await tail.DisposeAsync();
        }

        (await live.NextAsync()).Should().BeNull();
    }

    [Test]
    public async Task T8_a_slow_client_does_not_delay_others_and_continues_at_its_position()
    {
        await using var server = await StreamServer.StartAsync(_folder.Database, options =>
        {
            options.Queue.WhenFull = QueueFullMode.Wait;
            options.Tail.RingEntries = 256;
        });
        await using var slow = await server.TailAsync();
        await using var fast = await server.TailAsync();
        var reading = Task.Run(async () => await fast.TakeIdsAsync(40_000));

        await FillSocketsAsync(server);

        var stored = (await server.StoredAsync()).Select(entry => entry.Id).ToList();
        (await reading).Should().Equal(stored);
        (await slow.TakeIdsAsync(40_000)).Should().Equal(stored);
    }

    [Test]
    public async Task Two_thousand_idle_streams_are_open_together()
    {
        await using var server = await StreamServer.StartAsync(_folder.Database);
        var tails = await Task.WhenAll(Enumerable.Range(0, 2000).Select(i => server.TailAsync(i % 2 == 0 ? "" : "?containerId=c1")));

        await server.WriteAsync(Some.Exchange());

        foreach (var tail in tails)
        {
            (await tail.TakeAsync(2)).Should().HaveCount(2);
            await tail.DisposeAsync();
        }
    }

    [TestCase("", StreamServer.ContainerToken, ExpectedResult = true)]
    [TestCase("?containerId=c1", StreamServer.AdminToken, ExpectedResult = true)]
    [TestCase("?containerId=c1&projectId=p1", StreamServer.AdminToken, ExpectedResult = true)]
    [TestCase("?containerId=c1&projectId=p2", StreamServer.AdminToken, ExpectedResult = false)]
    [TestCase("?containerId=c1,c2", StreamServer.AdminToken, ExpectedResult = false)]
    [TestCase("?projectId=p1", StreamServer.AdminToken, ExpectedResult = false)]
    [TestCase("", StreamServer.AdminToken, ExpectedResult = false)]
    public async Task<bool> T6_destroying_a_container_ends_the_streams_of_it_alone(string query, string token)
    {
        await using var server = await StreamServer.StartAsync(_folder.Database);
        await using var tail = await server.TailAsync(query, token: token);

        await server.Services.GetRequiredService<IScopeDeleter>().DeleteAsync(LogScope.Container("p1", "c1"), CancellationToken.None);
        await server.WriteAsync(Some.Exchange(), Some.Exchange(project: "p2"));

        var first = (await tail.NextAsync())!;
        if (first.Event != "scope-destroyed") return false;
        first.Data.Should().Be("""{"projectId":"p1","containerId":"c1"}""");
        (await tail.NextAsync()).Should().BeNull("the stream ends");
        return true;
    }

    [Test]
    public async Task T6_streams_do_not_show_deleted_entries_and_show_later_ones()
    {
        await using var server = await StreamServer.StartAsync(_folder.Database);
        await server.WriteAsync(Some.Exchange(url: "/old"), Some.Exchange(container: "c2", url: "/other"));
        await using (var before = await server.TailAsync(lastEventId: 0)) await before.TakeAsync(4);

        await server.Services.GetRequiredService<IScopeDeleter>().DeleteAsync(LogScope.Container("p1", "c1"), CancellationToken.None);
        await server.WriteAsync(Some.Exchange(url: "/new"));

        foreach (var query in new[] { "", "?projectId=p1" })
        {
            await using var tail = await server.TailAsync(query, lastEventId: 0);
            (await tail.TakeAsync(4)).Select(frame => frame.Json.GetProperty("url").GetString()).Should().Equal("/other", "/other", "/new", "/new");
        }
    }

    [Test]
    public async Task A_token_that_a_reload_revokes_ends_its_streams_and_no_others()
    {
        var settings = new Dictionary<string, string?>
        {
            ["ProxyLogs:Access:Tokens:0:Token"] = StreamServer.AdminToken,
            ["ProxyLogs:Access:Tokens:0:Admin"] = "true",
            ["ProxyLogs:Access:Tokens:1:Token"] = StreamServer.ContainerToken,
            ["ProxyLogs:Access:Tokens:1:ProjectId"] = "p1",
        };
        await using var server = await StreamServer.StartAsync(_folder.Database, settings: settings);
        await using var revoked = await server.TailAsync(token: StreamServer.ContainerToken);
        await using var kept = await server.TailAsync();

        var configuration = (IConfigurationRoot)server.Services.GetRequiredService<IConfiguration>();
        configuration["ProxyLogs:Access:Tokens:1:Token"] = "quite-another-token";
        configuration.Reload();

        (await revoked.NextAsync()).Should().BeNull();
        await server.WriteAsync(Some.Exchange());
        (await kept.TakeAsync(2)).Should().HaveCount(2);
    }

    [Test]
    public async Task A_stream_of_a_revoked_token_ends_even_if_its_client_does_not_read()
    {
        var settings = new Dictionary<string, string?>
        {
            ["ProxyLogs:Access:Tokens:0:Token"] = StreamServer.AdminToken,
            ["ProxyLogs:Access:Tokens:0:Admin"] = "true",
            ["ProxyLogs:Access:Tokens:1:Token"] = StreamServer.ContainerToken,
            ["ProxyLogs:Access:Tokens:1:ProjectId"] = "p1",
        };
        await using var server = await StreamServer.StartAsync(
            _folder.Database, options => (options.Limits.MaxStreams, options.Queue.WhenFull) = (1, QueueFullMode.Wait), settings: settings);
        await using var stuck = await server.TailAsync(token: StreamServer.ContainerToken);
        await FillSocketsAsync(server);

        var configuration = (IConfigurationRoot)server.Services.GetRequiredService<IConfiguration>();
        configuration["ProxyLogs:Access:Tokens:1:Token"] = "quite-another-token";
        configuration.Reload();

        await Eventually.Holds(
            async () =>
            {
                using var response = await StreamClient.GetAsync(server.Address, token: "quite-another-token");
                return response.StatusCode == HttpStatusCode.OK;
            },
            "the slot of the scope is free again");
    }

    [Test]
    public async Task T7_T10_dropped_entries_are_a_gap_on_every_stream_and_only_admins_get_the_count()
    {
        var store = new GatedStore(new ModelLogStore(TimeProvider.System));
        await using var server = await StreamServer.StartAsync(_folder.Database, options => options.Queue.Capacity = 16, store: store);
        await using var admin = await server.TailAsync();
        await using var scoped = await server.TailAsync(token: StreamServer.ContainerToken);
        store.Shut();
        server.Sink.TryWrite(Some.Exchange());
        await Eventually.Holds(() => store.HasWaiting, "the writer is held up");
        var dropped = Enumerable.Range(0, 20).Count(_ => !server.Sink.TryWrite(Some.Exchange())) * 2;
        store.Release();
        await Eventually.Holds(async () => (await server.StoredAsync()).Any(entry => entry.Kind == EntryKind.Event), "the loss is recorded as an event");
        await server.WriteAsync(Some.Exchange(url: "/after"));

        // The scope of dropped entries is unknown, so only the admin gets the count.
        foreach (var (tail, before, count) in new[] { (admin, 35, $"{dropped}"), (scoped, 34, "null") })
        {
            var frames = await tail.TakeAsync(before + 1);
            var gap = frames[^1];
            gap.Event.Should().Be("gap");
            gap.Id.Should().Be(35);
            gap.Data.Should().Be($$"""{"from":34,"to":35,"count":{{count}},"reason":"queueFull"}""");
            (await tail.NextAsync())!.Json.GetProperty("url").GetString().Should().Be("/after");
        }

        dropped.Should().Be(8);
    }

    [Test]
    public async Task T7_entries_that_retention_removed_before_a_client_resumed_are_a_gap()
    {
        await using var server = await StreamServer.StartAsync(_folder.Database, options =>
        {
            options.Retention.MaxEntries = 100;
            options.Tail.RingEntries = 16;
        });
        await server.WriteAsync([.. Enumerable.Range(0, 500).Select(i => Some.Exchange(url: $"/{i}"))]);
        await Eventually.Holds(() => server.Store.FirstVisibleId > server.Ring.Position - 200, "retention has done its work");
        var first = server.Store.FirstVisibleId;

        await using var tail = await server.TailAsync(lastEventId: server.Store.LastIdBeforeStart + 10);

        var gap = (await tail.NextAsync())!;
        gap.Event.Should().Be("gap");
        gap.Data.Should().Be($$"""{"from":{{server.Store.LastIdBeforeStart + 11}},"to":{{first - 1}},"count":null,"reason":"retention"}""");
        gap.Id.Should().Be(first - 1);
        (await tail.TakeIdsAsync(100)).Should().Equal((await server.StoredAsync()).Select(entry => entry.Id));
    }

    private static async Task FillSocketsAsync(StreamServer server)
    {
        var padding = new string('x', 500);
        for (var i = 0; i < 20_000; i++) await server.Sink.WriteAsync(Some.Exchange(url: $"/{i}?{padding}"), CancellationToken.None);
        await server.Sink.FlushAsync(CancellationToken.None);
    }
}
