using System.Collections.Frozen;
using FluentAssertions;
using HoodyLogs.TestSupport;
using NUnit.Framework;

namespace HoodyLogs.Core.Tests.Storage;

/// <summary>The contract that every implementation of a store must satisfy.</summary>
public abstract class LogStoreContract
{
    protected ManualTime Time { get; private set; } = null!;

    protected ILogStore Store { get; private set; } = null!;

    [SetUp]
    public async Task OpenStore()
    {
        Time = new ManualTime();
        Store = CreateStore();
        await Store.OpenAsync(CancellationToken.None);
    }

    [TearDown]
    public async Task CloseStore()
    {
        await Store.DisposeAsync();
        DeleteStore();
    }

    protected abstract ILogStore CreateStore();

    protected virtual void DeleteStore()
    {
    }

    [TestCase("4bf92f35-77b3-4da6-a3ce-929d0e0e4736", "1,2,3,4")]
    [TestCase("4bf92f3577b34da6a3ce929d0e0e4736", "1,2,3,4")]
    [TestCase("4BF92F3577B34DA6A3CE929D0E0E4736", "")]
    [TestCase("4bf92f3577b34da6a3ce929d0e0e473", "")]
    [TestCase("{4bf92f35-77b3-4da6-a3ce-929d0e0e4736}", "")]
    public async Task E4_a_trace_id_is_found_with_and_without_hyphens(string traceId, string ids)
    {
        await Append(
            Some.Exchange(traceId: "4bf92f3577b34da6a3ce929d0e0e4736"), Some.Exchange(traceId: "4bf92f35-77b3-4da6-a3ce-929d0e0e4736"),
            Some.Exchange(traceId: "4bf92f35-77b3-4da6-a3ce-929d0e0e4737"));
        var entries = await Store.ListAsync(LogScope.All, new LogQuery { Filter = new LogFilter { TraceId = traceId } });
        string.Join(',', entries.Select(entry => entry.Id)).Should().Be(ids);
    }

    [Test]
    public async Task E3_ids_begin_at_1_and_increase_strictly_and_an_exchange_has_two()
    {
        var (first, second, third) = (Some.Exchange(), Some.Event(), Some.Exchange());
        await Append(first, second, third);

        (first.Id, second.Id, third.Id).Should().Be((1, 3, 4));
        Store.LastId.Should().Be(5);
        Store.LastIdBeforeStart.Should().Be(0);
        Store.FirstVisibleId.Should().Be(1);
        (await Ids(new LogQuery())).Should().Equal(1, 2, 3, 4, 5);
    }

    [Test]
    public async Task E4_an_exchange_returns_a_request_and_a_response_with_the_same_trace_id()
    {
        await Append(Some.Exchange(requestData: "\"route\":\"r\"", responseData: "\"cluster\":\"c\""));

        var entries = await Store.ListAsync(LogScope.All, new LogQuery());

        entries.Select(entry => entry.Kind).Should().Equal(EntryKind.Request, EntryKind.Response);
        entries.Select(entry => entry.TraceId).Should().OnlyContain(id => id == "4bf92f3577b34da6a3ce929d0e0e4736");
        entries.Select(entry => entry.TsMs).Should().Equal(Some.ArrivalMs, Some.ArrivalMs + 102);
        entries[0].Data.GetRawText().Should().Be("""{"bytesIn":412,"userAgent":"Hoody-CLI/1.4.2","route":"r"}""");
        entries[1].Data.GetRawText().Should().Be("""{"bytesOut":318,"durationMs":102,"cluster":"c"}""");
        entries.Should().OnlyContain(entry => entry.Url == "/v1/users" && entry.ClientIp == "203.0.113.42" && entry.Status == 200);
    }

    [Test]
    public async Task E1_missing_fields_of_a_record_are_returned_without_a_value()
    {
        await Append(new LogRecord { Shape = RecordShape.Event, TimestampMs = 7 });

        var entry = (await Store.ListAsync(LogScope.All, new LogQuery())).Should().ContainSingle().Subject;

        entry.TsMs.Should().Be(7);
        new object?[] { entry.TraceId, entry.ProjectId, entry.ContainerId, entry.ServiceName, entry.Method, entry.Url, entry.ClientIp, entry.Status }
            .Should().OnlyContain(value => value == null);
    }

    [TestCase("4bf92f3577b34da6a3ce929d0e0e4736")]
    [TestCase("f47ac10b-58cc-4372-a567-0e02b2c3d479")]
    [TestCase("F47AC10B-58CC-4372-A567-0E02B2C3D479")]
    [TestCase("f47ac10b58cc-4372-a567-0e02b2c3d479-")]
    [TestCase("4BF92F3577B34DA6A3CE929D0E0E4736")]
    [TestCase("0123456789abcdef")]
    [TestCase("none \u00e4\u20ac")]
    public async Task L6_a_trace_id_is_returned_unchanged_and_finds_its_entries(string traceId)
    {
        await Append(Some.Exchange(traceId: "00000000000000000000000000000001"), Some.Exchange(traceId: traceId), Some.Event());

        var entries = await Store.ListAsync(LogScope.All, new LogQuery { Filter = new LogFilter { TraceId = traceId } });

        entries.Select(entry => entry.Id).Should().Equal(3, 4);
        entries.Should().OnlyContain(entry => entry.TraceId == traceId);
    }

    [Test]
    public async Task Text_in_any_script_is_returned_unchanged()
    {
        var text = "/\u00fc/\u65e5\u672c/\ud83d\ude00?a=\u0000\"'" + new string('x', 5_000);
        await Append(Some.Exchange(project: "pr\u00f6j", container: "c\u00e4d", service: "\u65e5 \ud83d\ude00", url: text));

        var entry = (await Store.ListAsync(LogScope.Container("pr\u00f6j", "c\u00e4d"), new LogQuery()))[0];

        (entry.ProjectId, entry.ContainerId, entry.ServiceName, entry.Url).Should().Be(("pr\u00f6j", "c\u00e4d", "\u65e5 \ud83d\ude00", text));
    }

    [Test]
    public async Task E7_bodies_are_returned_with_both_entries_and_only_on_request()
    {
        var record = new LogRecord
        {
            Shape = RecordShape.Exchange,
            TimestampMs = 1,
            RequestBodyState = BodyState.Full,
            ResponseBodyState = BodyState.Capped,
        }.WithBodies(Some.Text("{\"a\":\"\u00e4\"}"), Some.Bytes(0, 255, 1));
        await Append(record);
        record.ReleaseBodies();

        var without = await Store.ListAsync(LogScope.All, new LogQuery());
        var request = await Store.ListAsync(LogScope.All, new LogQuery { IncludeRequestBody = true });
        var both = await Store.ListAsync(LogScope.All, new LogQuery { IncludeRequestBody = true, IncludeResponseBody = true });

        without.Should().OnlyContain(entry => entry.RequestBody == null && entry.ResponseBody == null && entry.BodyTruncated == null);
        request.Should().HaveCount(2).And.OnlyContain(entry =>
            entry.RequestBody == "{\"a\":\"\u00e4\"}" && entry.ResponseBody == null && entry.BodyTruncated == false);
        both.Should().OnlyContain(entry =>
            entry.ResponseBody == "AP8B" && entry.ResponseBodyEncoding == "base64" && entry.RequestBodyEncoding == null && entry.BodyTruncated == true);
        (await Store.FindAsync(LogScope.All, 2))!.ResponseBody.Should().Be("AP8B");
    }

    [Test]
    public async Task E7_an_empty_body_is_not_the_same_as_none()
    {
        await Append(Some.Exchange().WithBodies(Some.Text(""), null));

        var entry = (await Store.FindAsync(LogScope.All, 1))!;

        (entry.RequestBody, entry.ResponseBody).Should().Be(("", null));
    }

    [Test]
    public async Task L2_order_is_ascending_or_descending_on_request()
    {
        await Append(Some.Exchange(), Some.Event(), Some.Exchange());

        (await Ids(new LogQuery { Limit = 3 })).Should().Equal(1, 2, 3);
        (await Ids(new LogQuery { Limit = 3, Descending = true })).Should().Equal(5, 4, 3);
        (await Ids(new LogQuery { Limit = 2, Offset = 3 })).Should().Equal(4, 5);
        (await Ids(new LogQuery { Limit = 2, Offset = 4, Descending = true })).Should().Equal(1);
        (await Ids(new LogQuery { Offset = 5 })).Should().BeEmpty();
    }

    [Test]
    public async Task L3_last_returns_the_last_N_entries_ascending()
    {
        await Append(Some.Exchange(), Some.Exchange(), Some.Exchange());

        var (page, ids) = await Read(new LogQuery { Last = 3 });
        ids.Should().Equal(4, 5, 6);
        (page.Total, page.MatchesBeforeLast).Should().Be((6, 3));

        (page, ids) = await Read(new LogQuery { Last = 100 });
        ids.Should().Equal(1, 2, 3, 4, 5, 6);
        page.MatchesBeforeLast.Should().Be(0);
    }

    [Test]
    public async Task L3_offset_and_limit_apply_within_the_last_entries()
    {
        await Append(Some.Exchange(), Some.Exchange(), Some.Exchange());

        (await Ids(new LogQuery { Last = 4, Offset = 1, Limit = 2 })).Should().Equal(4, 5);
        (await Ids(new LogQuery { Last = 4, Offset = 3, Limit = 2 })).Should().Equal(6);
        (await Ids(new LogQuery { Last = 4, Offset = 4, Limit = 2 })).Should().BeEmpty();
        (await Ids(new LogQuery { Last = 100, Offset = 5, Limit = 2 })).Should().Equal(6);
    }

    [Test]
    public async Task L4_the_total_does_not_depend_on_the_page()
    {
        await Append(Some.Exchange(), Some.Exchange(level: EntryLevel.Error), Some.Event());
        var errors = new LogFilter { Levels = [EntryLevel.Error] };

        foreach (var query in new[]
        {
            new LogQuery { Filter = errors }, new LogQuery { Filter = errors, Limit = 0 }, new LogQuery { Filter = errors, Offset = 9 },
            new LogQuery { Filter = errors, AfterId = 3 }, new LogQuery { Filter = errors, BeforeId = 1 }, new LogQuery { Filter = errors, Last = 1 },
            new LogQuery { Filter = errors, Descending = true },
        })
        {
            (await Read(query)).Page.Total.Should().Be(2, query.ToString());
        }
    }

    [Test]
    public async Task L5_afterId_and_beforeId_can_be_between_the_entries_of_an_exchange()
    {
        await Append(Some.Exchange(), Some.Exchange(), Some.Exchange());

        (await Ids(new LogQuery { AfterId = 1 })).Should().Equal(2, 3, 4, 5, 6);
        (await Ids(new LogQuery { AfterId = 3, Offset = 1, Limit = 2 })).Should().Equal(5, 6);
        (await Ids(new LogQuery { BeforeId = 4 })).Should().Equal(1, 2, 3);
        (await Ids(new LogQuery { BeforeId = 4, Descending = true, Limit = 2 })).Should().Equal(3, 2);
        (await Ids(new LogQuery { AfterId = 1, BeforeId = 6, Limit = 3 })).Should().Equal(2, 3, 4);
        (await Ids(new LogQuery { AfterId = 6 })).Should().BeEmpty();
        (await Ids(new LogQuery { AfterId = long.MaxValue })).Should().BeEmpty();
        (await Ids(new LogQuery { BeforeId = 0 })).Should().BeEmpty();
    }

    [Test]
    public async Task L6_kind_selects_and_counts_entries()
    {
        await Append(Some.Exchange(), Some.Event(), Some.Exchange());

        var (page, ids) = await Read(Kinds(EntryKind.Response));
        ids.Should().Equal(2, 5);
        page.Total.Should().Be(2);
        (await Ids(Kinds(EntryKind.Request, EntryKind.Event))).Should().Equal(1, 3, 4);
        (await Ids(Kinds(EntryKind.Response) with { AfterId = 1, Last = 1 })).Should().Equal(5);
        (await Ids(Kinds(EntryKind.Response) with { AfterId = 2, BeforeId = 5 })).Should().BeEmpty();

        static LogQuery Kinds(params EntryKind[] kinds) => new() { Filter = new LogFilter { Kinds = kinds } };
    }

    [Test]
    public async Task L6_a_filter_matches_any_of_its_values_and_all_filters_must_match()
    {
        await Append(
            Some.Exchange(project: "p1", container: "c1", service: "a", method: "GET"),
            Some.Exchange(project: "p2", container: "c2", service: "b", method: "POST", level: EntryLevel.Warn, status: 404),
            Some.Exchange(project: "p3", container: "c3", service: "c", method: "PUT", source: EntrySource.Edge, level: EntryLevel.Error, status: 500));

        await Finds(new LogFilter { ProjectIds = Set("p1", "p3") }, 1, 2, 5, 6);
        await Finds(new LogFilter { ContainerIds = Set("c2") }, 3, 4);
        await Finds(new LogFilter { ServiceNames = Set("c", "x") }, 5, 6);
        await Finds(new LogFilter { Methods = Set("GET", "POST") }, 1, 2, 3, 4);
        await Finds(new LogFilter { Levels = [EntryLevel.Warn, EntryLevel.Error] }, 3, 4, 5, 6);
        await Finds(new LogFilter { Sources = [EntrySource.Edge] }, 5, 6);
        await Finds(new LogFilter { Statuses = [new StatusRange(400, 499), new StatusRange(500, 500)] }, 3, 4, 5, 6);
        await Finds(new LogFilter { Statuses = [new StatusRange(400, 499)], Kinds = [EntryKind.Response], Levels = [EntryLevel.Warn] }, 4);
    }

    [Test]
    public async Task L6_from_is_inclusive_and_to_exclusive_on_the_time_of_each_entry()
    {
        await Append(Some.Exchange(atMs: 1_000, durationUs: 500_000), Some.Exchange(atMs: 1_500, durationUs: 999));

        await Finds(new LogFilter { FromMs = 1_500 }, 2, 3, 4);
        await Finds(new LogFilter { ToMs = 1_500 }, 1);
        await Finds(new LogFilter { FromMs = 1_001, ToMs = 1_501 }, 2, 3, 4);
    }

    [Test]
    public async Task L6_q_finds_text_in_the_url_ignoring_case()
    {
        await Append(Some.Exchange(url: "/v1/USERS?x=\u00c4"), Some.Exchange(url: "/v1/orders"), Some.Event());

        await Finds(new LogFilter { UrlText = "users" }, 1, 2);
        await Finds(new LogFilter { UrlText = "\u00e4" }, 1, 2);
        await Finds(new LogFilter { UrlText = "/V1/" }, 1, 2, 3, 4);
    }

    [Test]
    public async Task L3_and_L5_apply_to_filters_that_require_a_scan()
    {
        await Append([.. Enumerable.Range(0, 10).Select(i => Some.Exchange(status: i % 2 == 0 ? 200 : 404))]);
        var filter = new LogFilter { Statuses = [new StatusRange(404, 404)] }; // ids 3,4, 7,8, 11,12, 15,16, 19,20

        var (page, ids) = await Read(new LogQuery { Filter = filter, Last = 3 });
        ids.Should().Equal(16, 19, 20);
        (page.Total, page.MatchesBeforeLast, page.TotalIsLowerBound, page.ScannedToId).Should().Be((10, 7, false, null));
        (await Ids(new LogQuery { Filter = filter, Last = 4, Offset = 1, Limit = 2 })).Should().Equal(16, 19);
        (await Ids(new LogQuery { Filter = filter, AfterId = 7, Limit = 2 })).Should().Equal(8, 11);
        (await Ids(new LogQuery { Filter = filter, BeforeId = 12, Descending = true, Limit = 3 })).Should().Equal(11, 8, 7);
        (await Ids(new LogQuery { Filter = filter, Offset = 8 })).Should().Equal(19, 20);
        (await Read(new LogQuery { Filter = filter, AfterId = 16, Limit = 1 })).Page.Total.Should().Be(10);
    }

    [Test]
    public async Task A2_a_read_is_limited_to_its_scope()
    {
        await Append(
            Some.Exchange(project: "p1", container: "c1"), Some.Exchange(project: "p1", container: "c2"),
            Some.Exchange(project: "p2", container: "c1"), Some.Event());

        (await Ids(new LogQuery(), LogScope.Project("p1"))).Should().Equal(1, 2, 3, 4);
        (await Ids(new LogQuery(), LogScope.Container("p1", "c1"))).Should().Equal(1, 2);
        (await Read(new LogQuery(), LogScope.Container("p2", "c1"))).Page.Total.Should().Be(2);
        (await Ids(new LogQuery { Filter = new LogFilter { ProjectIds = Set("p2") } }, LogScope.Project("p1")))
            .Should().BeEmpty();
        (await Ids(new LogQuery(), LogScope.Project("unknown"))).Should().BeEmpty();
        (await Store.GetStatsAsync(LogScope.Project("p1"), LogFilter.All, CancellationToken.None)).Total.Should().Be(4);
    }

    [Test]
    public async Task L9_an_entry_is_found_by_id_only_within_the_scope()
    {
        await Append(Some.Exchange(project: "p1"), Some.Event());

        (await Store.FindAsync(LogScope.All, 2))!.Kind.Should().Be(EntryKind.Response);
        (await Store.FindAsync(LogScope.Project("p1"), 1))!.Kind.Should().Be(EntryKind.Request);
        (await Store.FindAsync(LogScope.Project("p2"), 1)).Should().BeNull();
        (await Store.FindAsync(LogScope.Project("p1"), 3)).Should().BeNull();
        foreach (var id in new[] { 0, 4, -1, long.MaxValue, long.MinValue }) (await Store.FindAsync(LogScope.All, id)).Should().BeNull();
    }

    [Test]
    public async Task S1_stats_count_entries_by_each_dimension()
    {
        await Append(
            Some.Exchange(project: "p1", container: "c1", service: "a"),
            Some.Exchange(project: "p1", container: "c2", service: "a", level: EntryLevel.Error),
            Some.Event(level: EntryLevel.Warn));

        var stats = await Store.GetStatsAsync(LogScope.All, LogFilter.All, CancellationToken.None);

        stats.Total.Should().Be(5);
        stats.ByLevel.Should().Equal(new Dictionary<EntryLevel, long>
        {
            [EntryLevel.Debug] = 0,
            [EntryLevel.Info] = 2,
            [EntryLevel.Warn] = 1,
            [EntryLevel.Error] = 2,
        });
        stats.ByProject.Should().Equal(new Dictionary<string, long> { ["p1"] = 4 });
        stats.ByContainer.Should().BeEquivalentTo(new Dictionary<string, long> { ["c1"] = 2, ["c2"] = 2 });
        stats.ByService.Should().Equal(new Dictionary<string, long> { ["a"] = 4 });
        var responses = new LogFilter { Kinds = [EntryKind.Response], Levels = [EntryLevel.Info] };
        (await Store.GetStatsAsync(LogScope.All, responses, CancellationToken.None)).Total.Should().Be(1);
    }

    [Test]
    public async Task U3_ingestedAt_is_unique_and_increases_although_the_clock_steps_back()
    {
        var records = Enumerable.Range(0, 4).Select(_ => Some.Exchange()).ToList();
        await Append(records[0], records[1]);
        Time.JumpTo(Time.GetUtcNow() - TimeSpan.FromMinutes(1));
        await Append(records[2]);
        Time.JumpTo(Time.GetUtcNow() + TimeSpan.FromMinutes(2));
        await Append(records[3]);

        records.Select(record => record.IngestedAtUs).Should().BeInAscendingOrder().And.OnlyHaveUniqueItems();
        records[3].IngestedAtUs.Should().Be(Time.GetUtcNow().ToUnixTimeMilliseconds() * 1000);
    }

    [Test]
    public async Task U4_paging_a_tunnel_by_ingestedAt_returns_each_request_exactly_once()
    {
        var tunnel = Guid.Parse("550e8400-e29b-41d4-a716-446655440000");
        var records = Enumerable.Range(0, 10)
            .Select(i => Some.Exchange(container: i % 2 == 0 ? tunnel.ToString() : tunnel.ToString().ToUpperInvariant())).ToList();
        await Append([.. records.Take(5), Some.Exchange(container: "other"), .. records.Skip(5)]);

        var (page, returned) = await ReadTunnel(new TunnelQuery(tunnel, 3, AfterUs: null, NotBeforeMs: 0));
        returned.Should().Equal(records.TakeLast(3).Reverse().Select(record => record.IngestedAtUs));
        page.Should().Be(new TunnelPage(3, records[^1].IngestedAtUs, HasMore: false));

        var walked = new List<long>();
        for (var after = 0L; ;)
        {
            (page, returned) = await ReadTunnel(new TunnelQuery(tunnel, 3, after, NotBeforeMs: 0));
            returned.Should().BeInDescendingOrder();
            walked.AddRange(returned.AsEnumerable().Reverse());
            if (!page!.HasMore) break;
            after = page.NewestUs;
        }

        walked.Should().Equal(records.Select(record => record.IngestedAtUs));
        (await ReadTunnel(new TunnelQuery(tunnel, 3, page.NewestUs, 0))).Page.Should().Be(new TunnelPage(0, 0, false));
    }

    [Test]
    public async Task U2_a_tunnel_without_entries_in_the_scope_is_unknown()
    {
        var tunnel = Guid.NewGuid();
        await Append(Some.Exchange(project: "p1", container: tunnel.ToString()), Some.Event());

        (await ReadTunnel(new TunnelQuery(tunnel, 3, null, 0), LogScope.Project("p1"))).Page.Should().NotBeNull();
        (await ReadTunnel(new TunnelQuery(tunnel, 3, null, 0), LogScope.Project("p2"))).Page.Should().BeNull();
        (await ReadTunnel(new TunnelQuery(Guid.NewGuid(), 3, null, 0))).Page.Should().BeNull();
    }

    [Test]
    public async Task U7_a_tunnel_returns_no_entry_ingested_before_the_requested_time()
    {
        var tunnel = Guid.NewGuid();
        var records = Enumerable.Range(0, 3).Select(_ => Some.Exchange(container: tunnel.ToString())).ToList();
        foreach (var record in records)
        {
            await Append(record);
            Time.Advance(TimeSpan.FromHours(1));
        }

        var notBefore = records[1].IngestedAtUs / 1000;
        (await ReadTunnel(new TunnelQuery(tunnel, 9, null, notBefore))).Ingested.Should().Equal(records[2].IngestedAtUs, records[1].IngestedAtUs);
        (await ReadTunnel(new TunnelQuery(tunnel, 9, 0, notBefore))).Ingested.Should().Equal(records[2].IngestedAtUs, records[1].IngestedAtUs);
        (await ReadTunnel(new TunnelQuery(tunnel, 9, null, notBefore + 7_200_001))).Page.Should().Be(new TunnelPage(0, 0, false));
    }

    [Test]
    public async Task T6_the_entries_of_a_deleted_container_are_gone_and_later_entries_are_visible()
    {
        var tunnel = Guid.NewGuid();
        await Append(
            Some.Exchange(project: "p1", container: tunnel.ToString()), Some.Exchange(project: "p1", container: "c2"),
            Some.Exchange(project: "p2", container: tunnel.ToString()));
        await Store.DeleteScopeAsync(LogScope.Container("p1", tunnel.ToString()), CancellationToken.None);

        (await Ids(new LogQuery())).Should().Equal(3, 4, 5, 6);
        (await Read(new LogQuery { Limit = 0 })).Page.Total.Should().Be(4);
        (await Store.FindAsync(LogScope.All, 1)).Should().BeNull();
        (await Store.GetStatsAsync(LogScope.All, LogFilter.All, CancellationToken.None)).ByContainer.Should().NotContainKey("c1");
        (await Ids(new LogQuery { Filter = new LogFilter { TraceId = Some.Exchange().TraceId } })).Should().Equal(3, 4, 5, 6);
        (await ReadTunnel(new TunnelQuery(tunnel, 9, null, 0), LogScope.Project("p1"))).Page.Should().BeNull();

        await Append(Some.Exchange(project: "p1", container: tunnel.ToString()));
        (await Ids(new LogQuery(), LogScope.Container("p1", tunnel.ToString()))).Should().Equal(7, 8);
        (await Store.GetStatsAsync(LogScope.Project("p1"), LogFilter.All, CancellationToken.None)).Total.Should().Be(4);
    }

    [Test]
    public async Task U1_T6_a_container_whose_id_is_a_UUID_is_the_same_in_either_case()
    {
        var tunnel = Guid.Parse("550e8400-e29b-41d4-a716-44665544abcd");
        var (lower, upper) = (tunnel.ToString(), tunnel.ToString().ToUpperInvariant());
        await Append(Some.Exchange(project: "p1", container: lower), Some.Exchange(project: "p1", container: upper));

        (await Ids(new LogQuery(), LogScope.Container("p1", upper))).Should().Equal(1, 2, 3, 4);
        (await Ids(new LogQuery { Filter = new LogFilter { ContainerIds = FrozenSet.Create(upper) } })).Should().Equal(1, 2, 3, 4);
        await Store.DeleteScopeAsync(LogScope.Container("p1", lower), CancellationToken.None);
        (await ReadTunnel(new TunnelQuery(tunnel, 9, null, 0))).Page.Should().BeNull();
    }

    [Test]
    public async Task T6_deleting_a_project_deletes_all_its_containers()
    {
        await Append(Some.Exchange(project: "p1", container: "c1"), Some.Exchange(project: "p1", container: null), Some.Exchange(project: "p2"));
        await Store.DeleteScopeAsync(LogScope.Project("p1"), CancellationToken.None);

        while (await Store.MaintainAsync(CancellationToken.None))
        {
        }

        (await Ids(new LogQuery())).Should().Equal(5, 6);
    }

    [Test]
    public async Task A_record_keeps_the_id_that_was_assigned_before_it_was_appended()
    {
        var (first, second) = (Some.Exchange(), Some.Event());
        Store.AssignIds([first]).Should().Be(1);
        Store.AssignIds([first, second]).Should().Be(2);
        (first.Id, second.Id).Should().Be((1, 3));
        Store.LastId.Should().Be(0);
        (await Ids(new LogQuery())).Should().BeEmpty();

        await Append(first, second);
        Store.LastId.Should().Be(3);
        (await Ids(new LogQuery())).Should().Equal(1, 2, 3);
    }

    [Test]
    public async Task A_page_stops_after_the_entry_that_exceeds_the_size_limit()
    {
        await Append([.. Enumerable.Range(0, 3).Select(_ => Some.Exchange().WithBodies(Some.Text(new string('x', 10_000)), null))]);

        var (page, ids) = await Read(new LogQuery { IncludeRequestBody = true, MaxBytes = 25_000 });
        ids.Should().Equal(1, 2, 3);
        (page.HasMore, page.LastReturnedId, page.Total).Should().Be((true, 3, 6));
        (page, ids) = await Read(new LogQuery { IncludeRequestBody = true, MaxBytes = 25_000, AfterId = page.LastReturnedId });
        ids.Should().Equal(4, 5, 6);
        page.HasMore.Should().BeFalse();
    }

    [Test]
    public async Task F5_the_signing_key_does_not_change()
    {
        var key = await Store.GetSigningKeyAsync(CancellationToken.None);
        key.Should().HaveCount(32);
        (await Store.GetSigningKeyAsync(CancellationToken.None)).Should().Equal(key);
    }

    protected ValueTask Append(params LogRecord[] records) => Store.AppendAsync(records, CancellationToken.None);

    protected async Task<List<long>> Ids(LogQuery query, LogScope? scope = null) => (await Read(query, scope)).Ids;

    protected async Task<(LogPage Page, List<long> Ids)> Read(LogQuery query, LogScope? scope = null)
    {
        var ids = new List<long>();
        var page = await Store.ReadAsync(scope ?? LogScope.All, query, (in LogEntryView entry) => ids.Add(entry.Id), CancellationToken.None);
        page.Count.Should().Be(ids.Count);
        page.LastReturnedId.Should().Be(ids.LastOrDefault());
        return (page, ids);
    }

    private static FrozenSet<string> Set(params string[] values) => values.ToFrozenSet();

    private async Task Finds(LogFilter filter, params long[] ids)
    {
        var (page, found) = await Read(new LogQuery { Filter = filter });
        found.Should().Equal(ids);
        page.Total.Should().Be(ids.Length);
        (await Ids(new LogQuery { Filter = filter, Descending = true })).Should().Equal(ids.Reverse());
    }

    private async Task<(TunnelPage? Page, List<long> Ingested)> ReadTunnel(TunnelQuery query, LogScope? scope = null)
    {
        var ingested = new List<long>();
        var page = await Store.ReadTunnelAsync(scope ?? LogScope.All, query, Take, CancellationToken.None);
        return (page, ingested);

        void Take(in LogEntryView entry)
        {
            entry.Kind.Should().Be(EntryKind.Response);
            ingested.Add(entry.IngestedAtUs);
        }
    }
}
