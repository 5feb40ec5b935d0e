using System.Net;
using System.Text.Json;
using FluentAssertions;
using HoodyLogs.TestSupport;
using Microsoft.AspNetCore.Builder;
using NUnit.Framework;

namespace HoodyLogs.AspNetCore.Tests.Endpoints;

/// <summary>Tests of the fanned-out list.</summary>
public sealed class FanoutEndpointTests
{
    private const string List = "/api/proxy-logs/_logs";
    private const string Expired = """{"__trailer":true,"error":"snapshot_expired","status":410}""";

    private readonly ManualTime _time = new();
    private LogsApiServer _server = null!;

    [SetUp]
    public async Task Start() => _server = await LogsApiServer.StartAsync(Configure, time: _time, onModel: true);

    [TearDown]
    public async Task Stop() => await _server.DisposeAsync();

    [Test]
    public async Task F3_each_entry_is_a_line_and_the_trailer_is_the_last_line()
    {
        await AppendAsync(2);
        using var response = await _server.Client.GetAsync(new Uri(List, UriKind.Relative));
        response.Content.Headers.ContentType!.ToString().Should().Be("application/x-ndjson");
        var lines = (await response.Content.ReadAsStringAsync()).Split('\n');
        lines.Should().HaveCount(6, "four entries, the trailer, and what follows the last line's end");
        lines[..4].Select(line => JsonDocument.Parse(line).RootElement.GetProperty("id").GetInt64()).Should().Equal(1, 2, 3, 4);
        lines[4].Should().Be("""{"__trailer":true,"cursor":null,"stoppedReason":"end"}""");
        lines[5].Should().BeEmpty();
    }

    [Test]
    public async Task F3_an_empty_store_gives_a_trailer_with_end() =>
        (await _server.Client.GetStringAsync(new Uri(List, UriKind.Relative))).Should().Be("{\"__trailer\":true,\"cursor\":null,\"stoppedReason\":\"end\"}\n");

    [TestCase("projectId=p1")]
    [TestCase("containerId=c1")]
    public async Task F2_a_read_that_names_a_scope_is_JSON(string query) =>
        (await _server.GetAsync($"{List}?{query}")).GetProperty("limit").GetInt32().Should().Be(200);

    [Test]
    public async Task F2_a_scoped_token_reads_JSON_and_so_does_an_admin_while_the_switch_is_off()
    {
        using var client = _server.Stranger();
        client.DefaultRequestHeaders.Add("X-Logs-Token", "token-of-project-one");
        (await client.GetStringAsync(new Uri(List, UriKind.Relative))).Should().StartWith("{\"entries\":");
        _server.Options.Swap(options => options.AdminFanout = false);
        (await _server.Client.GetStringAsync(new Uri(List, UriKind.Relative))).Should().StartWith("{\"entries\":");
    }

    [Test]
    public async Task F2_statistics_are_never_fanned_out() =>
        (await _server.GetAsync(List + "/stats")).GetProperty("total").GetInt32().Should().Be(0);

    [Test]
    public async Task F4_pages_by_cursor_show_exactly_the_snapshot_while_others_write()
    {
        await AppendAsync(10);
        var seen = new List<long>();
        var reasons = new List<string>();
        var query = "limit=3";
        for (var limit = 4; query.Length > 0; limit++)
        {
            var (ids, trailer) = await PageAsync(query);
            seen.AddRange(ids);
            reasons.Add(trailer.GetProperty("stoppedReason").GetString()!);
            await AppendAsync(3);
            query = trailer.GetProperty("cursor").GetString() is { } cursor ? $"limit={limit}&cursor={cursor}" : "";
        }

        seen.Should().Equal(Enumerable.Range(1, 20).Select(id => (long)id));
        reasons.Should().Equal("limit", "limit", "limit", "limit", "end");
    }

    [TestCase("limit=20")]
    [TestCase("limit=100000")]
    public async Task F3_a_page_that_reaches_the_end_of_the_snapshot_reports_end(string query)
    {
        await AppendAsync(10);
        var (ids, trailer) = await PageAsync(query);
        ids.Should().HaveCount(20);
        trailer.GetProperty("stoppedReason").GetString().Should().Be("end");
    }

    [Test]
    public async Task F3_a_page_of_several_batches_is_complete_and_afterId_sets_the_start()
    {
        await AppendAsync(1_800);
        (await PageAsync("limit=100000")).Ids.Should().Equal(Enumerable.Range(1, 3_600).Select(id => (long)id));
        (await PageAsync("limit=3000&afterId=100")).Ids.Should().Equal(Enumerable.Range(101, 3_000).Select(id => (long)id));
        (await PageAsync("afterId=3600")).Ids.Should().BeEmpty();
    }

    [Test]
    public async Task F3_a_fanned_out_read_includes_bodies_on_request()
    {
        var record = new LogRecord { Shape = RecordShape.Exchange, TimestampMs = 1, RequestBodyState = BodyState.Full };
        await _server.AppendAsync(record.WithBodies(Some.Text("asked"), null));
        var text = await _server.Client.GetStringAsync(new Uri(List + "?includeRequestBody=true", UriKind.Relative));
        text.Should().Contain("\"requestBody\":\"asked\"");
    }

    [TestCase("offset=1", "Parameter 'offset' is '1'; it takes only 0 on a fanned-out read.")]
    [TestCase("last=1", "Parameter 'last' is '1'; it is not allowed on a fanned-out read.")]
    [TestCase("order=asc", "Parameter 'order' is 'asc'; it is not allowed on a fanned-out read.")]
    [TestCase("order=desc", "Parameter 'order' is 'desc'; it is not allowed on a fanned-out read.")]
    [TestCase("limit=100001", "Parameter 'limit' is '100001'; it takes an integer from 1 to 100000.")]
    [TestCase("limit=0", "Parameter 'limit' is '0'; it takes an integer from 1 to 100000.")]
    [TestCase("level=x", "Parameter 'level' is 'x'; it takes debug, info, warn or error.")]
    [TestCase("cursor=x", "Parameter 'cursor' is 'x'; it takes the unchanged cursor of the previous page, with the same filters.")]
    public async Task F3_a_fanned_out_read_rejects_invalid_parameters(string query, string message)
    {
        using var response = await _server.Client.GetAsync(new Uri($"{List}?{query}", UriKind.Relative));
        response.StatusCode.Should().Be(HttpStatusCode.BadRequest);
        JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement.GetProperty("message").GetString().Should().Be(message);
    }

    [TestCase("offset=0")]
    [TestCase("kind=request&level=info&source=backend&method=GET&serviceName=api&status=2xx&q=users&from=946684800000&to=4102444800000")]
    public async Task F3_a_fanned_out_read_accepts_all_filters(string query)
    {
        await AppendAsync(1);
        (await PageAsync(query)).Ids.Should().Contain(1);
    }

    [TestCase("level=info", "level=info,warn")]
    [TestCase("level=info", "")]
    [TestCase("", "kind=request")]
    [TestCase("serviceName=api&serviceName=x", "serviceName=api")]
    [TestCase("q=users", "q=user")]
    [TestCase("from=1700000000001", "from=1700000000002")]
    [TestCase("", "includeRequestBody=true")]
    public async Task F5_a_cursor_is_bound_to_its_filters(string first, string then)
    {
        await AppendAsync(2);
        var cursor = await CursorAsync($"limit=1&{first}");
        (await StatusAsync($"cursor={cursor}&{then}")).Should().Be(HttpStatusCode.BadRequest);
        (await StatusAsync($"cursor={cursor}&{first}")).Should().Be(HttpStatusCode.OK);
    }

    [Test]
    public async Task F5_the_order_and_case_of_filter_values_do_not_matter()
    {
        await AppendAsync(2);
        var cursor = await CursorAsync("limit=1&level=info,warn&method=get");
        (await StatusAsync($"method=GET&level=WARN&level=info&cursor={cursor}")).Should().Be(HttpStatusCode.OK);
    }

    [Test]
    public async Task F5_a_cursor_with_any_character_changed_is_400()
    {
        await AppendAsync(2);
        var cursor = await CursorAsync("limit=1");
        for (var i = 0; i < cursor.Length; i++)
        {
            foreach (var other in "Az0_-.= ".Where(other => other != cursor[i]))
            {
                var tampered = cursor[..i] + other + cursor[(i + 1)..];
                (await StatusAsync("cursor=" + Uri.EscapeDataString(tampered))).Should().Be(HttpStatusCode.BadRequest, tampered);
            }
        }

        foreach (var wrong in new[] { cursor[..^1], cursor + "A", cursor + "=", cursor + "%20" })
        {
            (await StatusAsync("cursor=" + wrong)).Should().Be(HttpStatusCode.BadRequest, wrong);
        }
    }

    [Test]
    public async Task F5_a_cursor_is_refused_on_a_scoped_read()
    {
        await AppendAsync(2);
        (await StatusAsync($"projectId=p1&cursor={await CursorAsync("limit=1")}")).Should().Be(HttpStatusCode.BadRequest);
    }

    [Test]
    public async Task F5_an_expired_cursor_is_410_with_the_documented_line()
    {
        await AppendAsync(3);
        var cursor = await CursorAsync("limit=1");
        _time.Advance(TimeSpan.FromMinutes(10));
        var (_, trailer) = await PageAsync($"limit=1&cursor={cursor}");
        _time.Advance(TimeSpan.FromMilliseconds(1));
        using var response = await _server.Client.GetAsync(new Uri($"{List}?cursor={cursor}", UriKind.Relative));
        response.StatusCode.Should().Be(HttpStatusCode.Gone);
        response.Content.Headers.ContentType!.ToString().Should().Be("application/x-ndjson");
        (await response.Content.ReadAsStringAsync()).Should().Be(Expired + "\n");
        (await StatusAsync($"cursor={trailer.GetProperty("cursor").GetString()}")).Should().Be(HttpStatusCode.OK, "its age counts from its own issue");
    }

    [Test]
    public async Task F5_a_cursor_whose_next_entries_were_removed_by_retention_is_410()
    {
        await AppendAsync(5);
        var cursor = await CursorAsync("limit=2");
        _server.Model.DropBefore(3);
        (await StatusAsync($"cursor={cursor}")).Should().Be(HttpStatusCode.OK, "what retention took was delivered before");
        _server.Model.DropBefore(5);
        (await StatusAsync($"cursor={cursor}")).Should().Be(HttpStatusCode.Gone);
    }

    [Test]
    public async Task F5_retention_during_a_page_ends_it_with_the_documented_line()
    {
        await AppendAsync(1_000);
        _server.Model.AfterRead = () => _server.Model.DropBefore(1_900);
        var lines = (await _server.Client.GetStringAsync(new Uri(List + "?limit=100000", UriKind.Relative))).Split('\n');
        lines[^2].Should().Be(Expired);
    }

    [Test]
    public async Task F4_entries_that_retention_removed_before_the_first_page_do_not_expire_the_cursor()
    {
        await AppendAsync(5);
        _server.Model.DropBefore(5);
        (await PageAsync("")).Ids.Should().Equal(5, 6, 7, 8, 9, 10);
    }

    [Test]
    public async Task F4_deleted_scopes_are_skipped()
    {
        await AppendAsync(2);
        await _server.AppendAsync(Some.Exchange(project: "p9"));
        await AppendAsync(1);
        var cursor = await CursorAsync("limit=3");
        await _server.Store.DeleteScopeAsync(LogScope.Project("p9"), CancellationToken.None);
        (await PageAsync($"cursor={cursor}")).Ids.Should().Equal(4, 7, 8);
    }

    [Test]
    public async Task F3_a_page_that_times_out_continues_by_its_cursor()
    {
        await AppendAsync(1_500);
        _server.Model.AfterRead = () => _time.Advance(TimeSpan.FromSeconds(6));
        var (ids, trailer) = await PageAsync("limit=100000");
        trailer.GetProperty("stoppedReason").GetString().Should().Be("timeout");
        ids.Should().NotBeEmpty().And.HaveCountLessThan(3_000).And.Equal(Enumerable.Range(1, ids.Count).Select(id => (long)id));
        _server.Model.AfterRead = null;
        (await PageAsync($"limit=100000&cursor={trailer.GetProperty("cursor").GetString()}")).Ids
            .Should().Equal(Enumerable.Range(ids.Count + 1, 3_000 - ids.Count).Select(id => (long)id));
    }

    [Test]
    public async Task F3_a_page_that_fails_continues_by_its_cursor()
    {
        await AppendAsync(1_500);
        var reads = 0;
        _server.Model.AfterRead = () => _server.Model.ReadFailure = ++reads == 2 ? new IOException("the disk is gone") : null;
        var (ids, trailer) = await PageAsync("limit=100000");
        trailer.GetProperty("stoppedReason").GetString().Should().Be("error");
        _server.Model.ReadFailure = null;
        ids.AddRange((await PageAsync($"limit=100000&cursor={trailer.GetProperty("cursor").GetString()}")).Ids);
        ids.Should().Equal(Enumerable.Range(1, 3_000).Select(id => (long)id));
    }

    [Test]
    public async Task F3_a_rare_filter_with_bodies_continues_over_batches_that_end_by_scanned_records_and_by_bytes()
    {
        const int Exchanges = 60_000;
        const int Every = 2_000;
        await using var server = await LogsApiServer.StartAsync(Configure);
        var body = new string('b', 200_000);
        for (var i = 0; i < Exchanges; i += 1_000)
        {
            await server.AppendAsync([.. Enumerable.Range(i, 1_000).Select(n => n % Every == 0 ? Rare(body) : Some.Exchange())]);
        }

        var lines = (await server.Client.GetStringAsync(new Uri(List + "?q=rare&limit=100000&includeRequestBody=true", UriKind.Relative))).Split('\n');
        lines[^2].Should().Contain("\"end\"");
        lines[..^2].Select(line => JsonDocument.Parse(line).RootElement.GetProperty("id").GetInt64()).Should()
            .Equal(Enumerable.Range(0, Exchanges / Every).SelectMany(n => new[] { (2L * Every * n) + 1, (2L * Every * n) + 2 }));
    }

    [Test]
    public async Task F3_each_page_makes_progress_for_any_timeout()
    {
        await AppendAsync(3_000);
        _server.Model.AfterRead = () => _time.Advance(TimeSpan.FromMinutes(1));
        var (seen, cursor) = (new List<long>(), "");
        do
        {
            var (ids, trailer) = await PageAsync("limit=100000" + cursor);
            seen.AddRange(ids);
            cursor = trailer.GetProperty("cursor").GetString() is { } next ? "&cursor=" + next : "";
        }
        while (cursor.Length > 0);

        seen.Should().Equal(Enumerable.Range(1, 6_000).Select(id => (long)id));
    }

    [Test]
    public async Task F3_reads_end_when_the_client_leaves()
    {
        using var left = new ManualResetEventSlim();
        var ended = new TaskCompletionSource();
        await using var server = await LogsApiServer.StartAsync(Configure, map: app =>
        {
            app.Use(async (context, next) =>
            {
                context.RequestAborted.Register(left.Set);
                await next(context);
                ended.SetResult();
            });
            app.MapProxyLogs();
        }, onModel: true);
        var url = "/" + new string('u', 4_000);
        await server.AppendAsync([.. Enumerable.Range(0, 10_000).Select(_ => Some.Exchange(url: url))]);
        var reads = 0;
        server.Model.AfterRead = () =>
        {
            if (++reads == 3) left.Wait(TimeSpan.FromSeconds(30));
        };
        using (var response = await server.Client.GetAsync(new Uri(List + "?limit=100000", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead))
        {
            await using var body = await response.Content.ReadAsStreamAsync();
            await body.ReadExactlyAsync(new byte[1_000]);
        }

        await ended.Task;
        reads.Should().BeLessThanOrEqualTo(3, "the whole page would be 21 reads");
    }

    [Test]
    public async Task L10_HEAD_of_a_fanned_out_read_returns_only_headers()
    {
        await AppendAsync(1);
        using var head = await _server.Client.SendAsync(new HttpRequestMessage(HttpMethod.Head, new Uri(List, UriKind.Relative)));
        head.StatusCode.Should().Be(HttpStatusCode.OK);
        head.Content.Headers.ContentType!.ToString().Should().Be("application/x-ndjson");
        (await head.Content.ReadAsByteArrayAsync()).Should().BeEmpty();
    }

    private static LogRecord Rare(string body) => new LogRecord
    {
        Shape = RecordShape.Exchange,
        TimestampMs = Some.ArrivalMs,
        Url = "/rare",
        RequestBodyState = BodyState.Full,
    }.WithBodies(Some.Text(body), null);

    private static void Configure(ProxyLogsOptions options)
    {
        options.AdminFanout = true;
        options.Access.Tokens.Add(new AccessToken { Token = "token-of-project-one", ProjectId = "p1" });
    }

    private async Task AppendAsync(int exchanges) => await _server.AppendAsync([.. Enumerable.Range(0, exchanges).Select(_ => Some.Exchange())]);

    private async Task<HttpStatusCode> StatusAsync(string query)
    {
        using var response = await _server.Client.GetAsync(new Uri($"{List}?{query}", UriKind.Relative));
        return response.StatusCode;
    }

    private async Task<string> CursorAsync(string query) => (await PageAsync(query)).Trailer.GetProperty("cursor").GetString()!;

    private async Task<(List<long> Ids, JsonElement Trailer)> PageAsync(string query)
    {
        var text = await _server.Client.GetStringAsync(new Uri($"{List}?{query}", UriKind.Relative));
        var lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement).ToList();
        lines[^1].GetProperty("__trailer").GetBoolean().Should().BeTrue();
        return ([.. lines[..^1].Select(entry => entry.GetProperty("id").GetInt64())], lines[^1]);
    }
}
