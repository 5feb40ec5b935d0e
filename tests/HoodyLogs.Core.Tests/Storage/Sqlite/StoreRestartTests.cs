using FluentAssertions;
using HoodyLogs.Storage.Sqlite;
using HoodyLogs.TestSupport;
using NUnit.Framework;

namespace HoodyLogs.Core.Tests.Storage.Sqlite;

/// <summary>A start after a regular stop or a kill. To simulate a kill, the files of an open store are copied.</summary>
public sealed class StoreRestartTests : SqliteStoreTest
{
    [TestCase(true)]
    [TestCase(false)]
    public async Task E3_ids_continue_at_least_10000_above_the_highest_assigned_id(bool isKilled)
    {
        var store = await OpenAsync();
        await Append(store, Some.Exchange());
        var (first, second) = (Some.Exchange(), Some.Exchange());
        store.AssignIds([first, second]); // a live tail may have returned them, but they were never committed
        await using var next = await Restart(store, isKilled);

        next.LastId.Should().Be(2);
        var record = (await Append(next, Some.Event()))[0];
        record.Id.Should().BeGreaterThanOrEqualTo(second.LastId + 10_000).And.BeGreaterThan(next.LastIdBeforeStart);
        next.LastIdBeforeStart.Should().BeGreaterThanOrEqualTo(second.LastId + 9_999);
        (await Ids(next)).Should().Equal(1, 2, record.Id);
    }

    [Test]
    public async Task E3_a_store_that_never_assigned_an_id_still_begins_at_1()
    {
        await (await OpenAsync()).DisposeAsync();
        await using var store = await OpenAsync();

        (await Append(store, Some.Exchange()))[0].Id.Should().Be(1);
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task All_committed_entries_exist_after_the_restart(bool isKilled)
    {
        Settings = Settings with { SegmentRows = 16 };
        var store = await OpenAsync();
        for (var i = 0; i < 10; i++) await AppendMany(store, 7, n => Some.Exchange(container: $"c{n % 3}").WithBodies(Some.Text($"body {n}"), null));
        var (ids, stats) = (await Ids(store), await store.GetStatsAsync(LogScope.All, LogFilter.All, CancellationToken.None));
        var key = await store.GetSigningKeyAsync(CancellationToken.None);

        await using var next = await Restart(store, isKilled);

        (await Ids(next)).Should().Equal(ids);
        (await next.GetStatsAsync(LogScope.All, LogFilter.All, CancellationToken.None)).Should().BeEquivalentTo(stats);
        (await next.GetSigningKeyAsync(CancellationToken.None)).Should().Equal(key);
        (await next.FindAsync(LogScope.All, ids[^1]))!.RequestBody.Should().Be("body 6");
    }

    [Test]
    public async Task U3_ingestedAt_increases_over_a_restart_with_the_clock_set_back()
    {
        var store = await OpenAsync();
        var before = (await Append(store, Some.Exchange()))[0];
        await store.DisposeAsync();
        Time.JumpTo(Time.GetUtcNow() - TimeSpan.FromDays(1));

        await using var next = await OpenAsync();
        (await Append(next, Some.Exchange()))[0].IngestedAtUs.Should().Be(before.IngestedAtUs + 1);
    }

    [Test]
    public async Task U3_ingestedAt_increases_even_if_no_earlier_entry_is_left()
    {
        Retention.MaxEntries = 1;
        var store = await OpenAsync();
        var before = (await AppendMany(store, 5))[^1];
        await MaintainAll(store);
        (await Ids(store)).Should().BeEmpty();
        await store.DisposeAsync();
        Time.JumpTo(Time.GetUtcNow() - TimeSpan.FromDays(1));

        await using var next = await OpenAsync();
        next.LastId.Should().Be(before.LastId);
        var after = (await Append(next, Some.Exchange()))[0];
        after.IngestedAtUs.Should().BeGreaterThan(before.IngestedAtUs);
        after.Id.Should().BeGreaterThanOrEqualTo(before.LastId + 10_000);
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task T6_a_deleted_scope_stays_deleted_after_a_restart_and_its_purge_continues(bool isKilled)
    {
        Settings = Settings with { SegmentRows = 16, PurgeStepRows = 8 };
        var store = await OpenAsync();
        await AppendMany(store, 100, i => Some.Exchange(container: i % 2 == 0 ? "gone" : "kept").WithBodies(Some.Text("body"), null));
        await store.DeleteScopeAsync(LogScope.Container("p1", "gone"), CancellationToken.None);
        await store.MaintainAsync(CancellationToken.None);
        await store.MaintainAsync(CancellationToken.None);

        await using var next = await Restart(store, isKilled);
        (await Ids(next)).Should().HaveCount(100);
        (await Ids(next, scope: LogScope.Container("p1", "gone"))).Should().BeEmpty();
        await MaintainAll(next);

        Sql("SELECT count(*) FROM records").Should().Be(50);
        Directory.GetFiles(Folder.Path, "*-bodies-*").SelectMany(File.ReadAllBytes).Where(stored => stored != 0).Should()
            .Equal(Enumerable.Repeat("body"u8.ToArray(), 50).SelectMany(body => body), "the bodies of the deleted scope are overwritten");
        (await Ids(next)).Should().HaveCount(100);
        await Append(next, Some.Exchange(container: "gone"));
        (await Ids(next, scope: LogScope.Container("p1", "gone"))).Should().HaveCount(2);
    }

    [Test]
    public async Task T6_a_record_that_got_its_id_before_its_scope_was_deleted_is_never_returned()
    {
        var store = await OpenAsync();
        var numbered = Some.Exchange(container: "gone");
        store.AssignIds([numbered]);
        await store.DeleteScopeAsync(LogScope.Container("p1", "gone"), CancellationToken.None);
        await Append(store, numbered, Some.Exchange(container: "gone"));
        (await Ids(store)).Should().Equal(3, 4);

        await using var next = await Restart(store, isKilled: true);
        (await Ids(next)).Should().Equal(3, 4);
    }

    [Test]
    public async Task Assigning_ids_stops_at_the_reserved_limit_while_the_store_fails()
    {
        Settings = Settings with { IdBlock = 100 };
        await using var store = await OpenAsync();
        Sql("CREATE TRIGGER refusing BEFORE UPDATE ON store BEGIN SELECT RAISE(ABORT, 'refused'); END");
        var records = Enumerable.Range(0, 200).Select(_ => Some.Exchange()).ToArray();

        var numbered = store.AssignIds(records);

        numbered.Should().BeInRange(50, 51);
        records[numbered..].Should().OnlyContain(record => record.Id == 0);
        var append = () => Append(store, records);
        await append.Should().ThrowAsync<LogStoreException>();
        Sql("DROP TRIGGER refusing");
        await append();
        (await Ids(store)).Should().HaveCount(400);
    }

    private async Task<SqliteLogStore> Restart(SqliteLogStore store, bool isKilled)
    {
        if (!isKilled)
        {
            await store.DisposeAsync();
            return await OpenAsync();
        }

        // The state after a kill: the database and its log without a checkpoint, and without the shared memory of the two processes.
        foreach (var suffix in new[] { "", "-wal" }) File.Copy(FilePath + suffix, FilePath + "2" + suffix);
        await store.DisposeAsync();
        foreach (var suffix in new[] { "", "-wal" }) File.Move(FilePath + "2" + suffix, FilePath + suffix, overwrite: true);
        return await OpenAsync();
    }
}
