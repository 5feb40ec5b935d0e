using System.Net;
using System.Text.Json;
using FluentAssertions;
using HoodyLogs.TestSupport;
using NUnit.Framework;

namespace HoodyLogs.AspNetCore.Tests.Endpoints;

public sealed class StreamEndpointTests
{
    private TestFolder _folder = null!;

    [SetUp]
    public void MakeFolder() => _folder = new TestFolder();

    [TearDown]
    public void DeleteFolder() => _folder.Dispose();

    [Test]
    public async Task T8_the_response_starts_at_once_with_its_position()
    {
        await using var server = await StreamServer.StartAsync(_folder.Database);
        await server.WriteAsync(Some.Exchange());

        await using var tail = await server.TailAsync();

        (await tail.TextAsync(1)).Should().Be($"retry: 3000\nid: {server.Ring.Position}\n\n");
        tail.Response.Content.Headers.ContentType!.ToString().Should().Be("text/event-stream");
        tail.Response.Headers.CacheControl!.ToString().Should().Be("no-store, no-cache");
        tail.Response.Headers.Connection.Should().Equal("keep-alive");
        tail.Response.Headers.GetValues("X-Accel-Buffering").Should().Equal("no");
    }

    [Test]
    public async Task T9_the_Connection_header_is_sent_on_HTTP_1_1_only()
    {
        await using var server = await StreamServer.StartAsync(_folder.Database);

        await using var tail = await StreamClient.OpenAsync(server.Http2Address, version: HttpVersion.Version20);
        await server.WriteAsync(Some.Exchange());

        tail.Response.Headers.Connection.Should().BeEmpty();
        (await tail.TakeAsync(2)).Should().HaveCount(2);
    }

    [Test]
    public async Task T1_every_entry_is_a_frame_with_its_id_and_its_JSON_on_one_line()
    {
        await using var server = await StreamServer.StartAsync(_folder.Database);
        await using var tail = await server.TailAsync();

        await server.WriteAsync(Some.Exchange(url: "/one"), Some.Event("two\\nlines"), Some.Exchange(responseData: "\"laid\":  \"out\""));

        var frames = await tail.TakeAsync(5);
        var stored = await server.StoredAsync();
        frames.Select(frame => frame.Id).Should().Equal(stored.Select(entry => entry.Id));
        frames.Select(frame => frame.Json.GetProperty("id").GetInt64()).Should().Equal(stored.Select(entry => entry.Id));
        frames.Select(frame => frame.Event).Should().OnlyContain(name => name == "message");
        frames.Should().OnlyContain(frame => !frame.Data.Contains('\n'));
        frames.Select(frame => JsonSerializer.Serialize(frame.Json)).Should()
            .Equal((await ListAsync(server)).Select(entry => JsonSerializer.Serialize(entry)), "list and stream show an entry alike");
    }

    [Test]
    public async Task T1_a_client_can_resume_from_the_position_before_the_first_entry()
    {
        await using var server = await StreamServer.StartAsync(_folder.Database, options => options.Tail.RingEntries = 16);
        long position;
        await using (var early = await server.TailAsync())
        {
            var opening = await early.TextAsync(1);
            position = long.Parse(opening.Split('\n')[1]["id: ".Length..], null);
        }

        for (var i = 0; i < 30; i++) await server.WriteAsync(Some.Exchange());
        await using var tail = await server.TailAsync(lastEventId: position);

        position.Should().BePositive("0 asks for what the ring holds (T3), which is no longer all");
        (await tail.TakeIdsAsync(60)).Should().Equal((await server.StoredAsync()).Select(entry => entry.Id));
    }

    [Test]
    public async Task T3_without_a_position_the_stream_starts_at_the_present()
    {
        await using var server = await StreamServer.StartAsync(_folder.Database);
        await server.WriteAsync(Some.Exchange(url: "/before"));
        await using var tail = await server.TailAsync();

        await server.WriteAsync(Some.Exchange(url: "/after"));

        (await tail.NextAsync())!.Json.GetProperty("url").GetString().Should().Be("/after");
    }

    [TestCase(1)]
    [TestCase(7)]
    [TestCase(100)]
    public async Task T3_tail_first_replays_the_last_N(int count)
    {
        await using var server = await StreamServer.StartAsync(_folder.Database, options => options.Tail.RingEntries = 16);
        for (var i = 0; i < 30; i++) await server.WriteAsync(Some.Exchange(container: i % 3 == 0 ? "c1" : "c2", url: $"/{i}"));

        await using var tail = await server.TailAsync($"?tail={count}&containerId=c1");
        var expected = (await server.StoredAsync()).Where(entry => entry.ContainerId == "c1").TakeLast(count).Select(entry => entry.Id).ToList();
        await server.WriteAsync(Some.Exchange(url: "/live"));

        var ids = await tail.TakeIdsAsync(expected.Count);
        ids.Should().Equal(expected);
        (await tail.NextAsync())!.Json.GetProperty("url").GetString().Should().Be("/live");
    }

    [Test]
    public async Task T3_Last_Event_ID_0_replays_the_ring()
    {
        await using var server = await StreamServer.StartAsync(_folder.Database, options => options.Tail.RingEntries = 16);
        for (var i = 0; i < 50; i++) await server.WriteAsync(Some.Exchange());

        await using var tail = await server.TailAsync(lastEventId: 0);
        await server.WriteAsync(Some.Exchange());

        (await tail.TakeIdsAsync(18)).Should().Equal((await server.StoredAsync()).TakeLast(18).Select(entry => entry.Id));
    }

    [TestCase(3, Description = "from the store")]
    [TestCase(95, Description = "from the ring")]
    public async Task T4_the_stream_continues_after_a_position(int index)
    {
        await using var server = await StreamServer.StartAsync(_folder.Database, options => options.Tail.RingEntries = 16);
        for (var i = 0; i < 50; i++) await server.WriteAsync(Some.Exchange());
        var stored = await server.StoredAsync();

        await using var tail = await server.TailAsync(lastEventId: stored[index].Id);

        (await tail.TakeIdsAsync(99 - index)).Should().Equal(stored.Skip(index + 1).Select(entry => entry.Id));
    }

    [TestCase("?level=warn,error", ExpectedResult = new[] { "/warn", "/warn", "/error", "/error" })]
    [TestCase("?kind=response&level=error", ExpectedResult = new[] { "/error" })]
    [TestCase("?status=5xx", ExpectedResult = new[] { "/error", "/error" })]
    [TestCase("?q=ARN", ExpectedResult = new[] { "/warn", "/warn" })]
    [TestCase("?containerId=c2&projectId=p1", ExpectedResult = new[] { "/warn", "/warn" })]
    [TestCase("?method=get,post", ExpectedResult = new[] { "/info", "/info", "/warn", "/warn", "/error", "/error" })]
    [TestCase("?serviceName=none", ExpectedResult = new string[0])]
    public async Task<IEnumerable<string?>> T9_filters_are_those_of_the_list(string query)
    {
        await using var server = await StreamServer.StartAsync(_folder.Database);
        await using var live = await server.TailAsync(query);

        await server.WriteAsync(
            Some.Exchange(url: "/info"),
            Some.Exchange(url: "/warn", level: EntryLevel.Warn, status: 404, container: "c2"),
            Some.Exchange(url: "/error", level: EntryLevel.Error, status: 500));

        await using var replay = await server.TailAsync(query, lastEventId: 0);
        var listed = (await ListAsync(server, query)).Select(entry => entry.GetProperty("id").GetInt64()).ToList();
        var frames = await live.TakeAsync(listed.Count);
        frames.Select(frame => frame.Id).Should().Equal(listed);
        (await replay.TakeIdsAsync(listed.Count)).Should().Equal(listed);
        await server.StopAsync();
        (await live.NextAsync()).Should().BeNull("there is no more");
        (await replay.NextAsync()).Should().BeNull("there is no more");
        return frames.Select(frame => frame.Json.GetProperty("url").GetString());
    }

    [Test]
    public async Task T5_a_position_of_an_earlier_process_gets_a_reset_and_then_the_later_entries()
    {
        long known;
        await using (var first = await StreamServer.StartAsync(_folder.Database))
        {
            for (var i = 0; i < 10; i++) await first.WriteAsync(Some.Exchange(url: $"/{i}"));
            known = (await first.StoredAsync())[9].Id;
        }

        await using var server = await StreamServer.StartAsync(_folder.Database);
        await server.WriteAsync(Some.Exchange(url: "/new"));
        await using var tail = await server.TailAsync(lastEventId: known);

        var frames = await tail.TakeAsync(13);
        frames[0].Event.Should().Be("reset");
        frames[0].Id.Should().Be(known, "what follows starts there");
        frames[0].Json.GetProperty("ringSeq").GetInt64().Should().Be(server.Ring.Position);
        frames.Skip(1).Select(frame => frame.Id).Should().Equal((await server.StoredAsync(known)).Select(entry => entry.Id));
        frames[11].Id.Should().BeGreaterOrEqualTo(frames[10].Id + 10_000);
    }

    [Test]
    public async Task T5_a_position_of_an_earlier_process_without_later_entries_is_reset_to_the_present()
    {
        long known;
        await using (var first = await StreamServer.StartAsync(_folder.Database))
        {
            await first.WriteAsync(Some.Exchange());
            known = (await first.StoredAsync())[^1].Id;
        }

        await using var server = await StreamServer.StartAsync(_folder.Database);
        await using var tail = await server.TailAsync(lastEventId: known);

        var reset = (await tail.NextAsync())!;
        reset.Event.Should().Be("reset");
        reset.Id.Should().Be(server.Ring.Position);

        // Resuming at that position does not give another reset.
        await using var again = await server.TailAsync(lastEventId: reset.Id);
        await server.WriteAsync(Some.Exchange());
        (await again.NextAsync())!.Event.Should().Be("message");
    }

    [TestCase(500L, "")]
    [TestCase(null, "?tail=3")]
    public async Task T4_T5_entries_that_wait_for_a_failing_store_are_not_skipped(long? lastEventId, string query)
    {
        var model = new ModelLogStore(TimeProvider.System, firstId: 20_000) { AppendFailure = new IOException("disk full") };
        await using var server = await StreamServer.StartAsync(_folder.Database, store: model);
        server.Sink.TryWrite(Some.Exchange(url: "/in memory"));
        await Eventually.Holds(() => server.Ring.Position == 20_001, "the entry is shown though it is not stored");

        await using var tail = await server.TailAsync(query, lastEventId);

        var frames = await tail.TakeAsync(lastEventId is null ? 2 : 3);
        if (lastEventId is not null) frames[0].Event.Should().Be("reset");
        frames.TakeLast(2).Select(frame => frame.Id).Should().Equal(20_000, 20_001);
        model.AppendFailure = null;
    }

    [TestCase("999999999999999")]
    [TestCase("99999999999999999999999999")]
    public async Task T5_a_position_that_was_never_assigned_is_reset_to_the_present(string lastEventId)
    {
        await using var server = await StreamServer.StartAsync(_folder.Database);
        await server.WriteAsync(Some.Exchange());

        using var response = await StreamClient.GetAsync(server.Address, lastEventId: lastEventId);

        var body = await response.Content.ReadAsStreamAsync();
        var expected = $"retry: 3000\nid: {server.Ring.Position}\nevent: reset\ndata: {{\"ringSeq\":{server.Ring.Position}}}\n\n";
        var buffer = new byte[expected.Length];
        await body.ReadExactlyAsync(buffer);
        System.Text.Encoding.UTF8.GetString(buffer).Should().Be(expected);
    }

    [Test]
    public async Task T9_the_parameter_lastEventId_resumes_and_the_header_takes_precedence()
    {
        await using var server = await StreamServer.StartAsync(_folder.Database);
        await server.WriteAsync(Some.Exchange(url: "/1"), Some.Exchange(url: "/2"), Some.Exchange(url: "/3"));
        var ids = (await server.StoredAsync()).Select(entry => entry.Id).ToArray();

        await using var byParameter = await server.TailAsync($"?lastEventId={ids[1]}");
        (await byParameter.TakeAsync(4)).Select(frame => frame.Id).Should().Equal(ids[2..]);
        await using var byBoth = await server.TailAsync($"?lastEventId={ids[1]}", ids[3]);
        (await byBoth.TakeAsync(2)).Select(frame => frame.Id).Should().Equal(ids[4..]);

        using var refused = await StreamClient.GetAsync(server.Address, "?lastEventId=x");
        refused.StatusCode.Should().Be(HttpStatusCode.BadRequest);
        (await refused.Content.ReadAsStringAsync()).Should().Contain("Parameter 'lastEventId' is 'x'; it takes an integer, 0 or more.");
    }

    [Test]
    public async Task T9_the_first_frame_contains_the_reconnection_time()
    {
        await using var server = await StreamServer.StartAsync(_folder.Database);
        using var response = await StreamClient.GetAsync(server.Address);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
        await server.WriteAsync(Some.Exchange());
        var lines = new List<string>();
        while (lines.Count(line => line.StartsWith("data:", StringComparison.Ordinal)) < 2) lines.Add(await reader.ReadLineAsync() ?? "");
        lines[0].Should().Be("retry: 3000");
        lines.Skip(1).Should().NotContain(line => line.StartsWith("retry", StringComparison.Ordinal));
    }

    [TestCase("abc")]
    [TestCase("-1")]
    [TestCase("1.5")]
    public async Task T9_a_position_that_is_not_a_number_is_400(string lastEventId)
    {
        await using var server = await StreamServer.StartAsync(_folder.Database);

        using var response = await StreamClient.GetAsync(server.Address, lastEventId: lastEventId);

        response.StatusCode.Should().Be(HttpStatusCode.BadRequest);
        (await response.Content.ReadAsStringAsync()).Should().Contain("Last-Event-ID").And.Contain(lastEventId);
    }

    [TestCase("?tail=-1", "tail")]
    [TestCase("?tail=1001", "tail")]
    [TestCase("?level=loud", "level")]
    [TestCase("?status=99", "status")]
    public async Task L7_an_invalid_parameter_of_the_stream_is_400_and_named(string query, string named)
    {
        await using var server = await StreamServer.StartAsync(_folder.Database);

        using var response = await StreamClient.GetAsync(server.Address, query);

        response.StatusCode.Should().Be(HttpStatusCode.BadRequest);
        (await response.Content.ReadAsStringAsync()).Should().Contain($"'{named}'");
    }

    [Test]
    public async Task A2_a_container_token_tails_only_its_container()
    {
        await using var server = await StreamServer.StartAsync(_folder.Database);
        await using var tail = await server.TailAsync(token: StreamServer.ContainerToken);

        await server.WriteAsync(
            Some.Exchange(url: "/c1"), Some.Exchange(container: "c2", url: "/c2"), Some.Exchange(project: "p2", url: "/p2"), Some.Event("nobody's"),
            Some.Exchange(url: "/last"));

        (await tail.TakeAsync(4)).Select(frame => frame.Json.GetProperty("url").GetString()).Should().Equal("/c1", "/c1", "/last", "/last");
    }

    [Test]
    public async Task A4_a_stream_over_the_limit_is_a_plain_429()
    {
        await using var server = await StreamServer.StartAsync(_folder.Database, options => options.Limits.MaxStreams = 1);
        await using (await server.TailAsync())
        {
            using var refused = await StreamClient.GetAsync(server.Address);
            refused.StatusCode.Should().Be(HttpStatusCode.TooManyRequests);
            refused.Headers.RetryAfter.Should().NotBeNull();
        }

        await Eventually.Holds(
            async () =>
            {
                using var response = await StreamClient.GetAsync(server.Address);
                return response.IsSuccessStatusCode;
            },
            "the place of a closed stream is free again");
    }

    [Test]
    public async Task L10_HEAD_sends_the_headers_and_ends()
    {
        await using var server = await StreamServer.StartAsync(_folder.Database);
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Head, new Uri(server.Address, "/api/proxy-logs/_logs/stream"));
        request.Headers.Add("X-Logs-Token", StreamServer.AdminToken);

        using var response = await http.SendAsync(request);

        response.StatusCode.Should().Be(HttpStatusCode.OK);
        response.Content.Headers.ContentType!.ToString().Should().Be("text/event-stream");
    }

    private static async Task<IEnumerable<JsonElement>> ListAsync(StreamServer server, string query = "")
    {
        using var http = new HttpClient { BaseAddress = server.Address };
        http.DefaultRequestHeaders.Add("X-Logs-Token", StreamServer.AdminToken);
        var page = JsonDocument.Parse(await http.GetStringAsync(new Uri("/api/proxy-logs/_logs" + query, UriKind.Relative)));
        return page.RootElement.GetProperty("entries").EnumerateArray();
    }
}
