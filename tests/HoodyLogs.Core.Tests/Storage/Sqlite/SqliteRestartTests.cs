using FluentAssertions;
using HoodyLogs.Storage.Sqlite;
using HoodyLogs.TestSupport;
using NUnit.Framework;

namespace HoodyLogs.Core.Tests.Storage.Sqlite;

/// <summary>What a new start finds, however the one before ended. A kill is what is on the disk while a store is still open.</summary>
public sealed class SqliteRestartTests : SqliteStoreTest
{
    [TestCase(true)]
    [TestCase(false)]
    public async Task E3_ids_go_on_at_least_10000_above_the_highest_ever_given_out(bool isKilled)
    {
        var store = await OpenAsync();
        await Append(store, Some.Exchange());
        var (shown, other) = (Some.Exchange(), Some.Exchange());
        store.AssignIds([shown, other]); // on a tail, perhaps, but never committed
        await using var next = await Restart(store, isKilled);

        next.LastId.Should().Be(2);
        var record = (await Append(next, Some.Event()))[0];
        record.Id.Should().BeGreaterThanOrEqualTo(other.LastId + 10_000).And.BeGreaterThan(next.LastIdBeforeStart);
        next.LastIdBeforeStart.Should().BeGreaterThanOrEqualTo(other.LastId + 9_999);
        (await Ids(next)).Should().Equal(1, 2, record.Id);
    }

    [Test]
    public async Task E3_a_store_that_never_gave_out_an_id_still_begins_at_1()
    {
        await (await OpenAsync()).DisposeAsync();
        await using var store = await OpenAsync();

        (await Append(store, Some.Exchange()))[0].Id.Should().Be(1);
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task All_that_was_committed_is_there_after_the_restart(bool isKilled)
    {
        Settings = Settings with { SegmentRows = 16 };
        var store = await OpenAsync();
        for (var i = 0; i < 10; i++) await AppendMany(store, 7, n => Some.Exchange(container: $"c{n % 3}").WithBodies(Some.Text($"body {n}"), null));
        var (ids, stats) = (await Ids(store), await store.GetStatsAsync(LogScope.All, LogFilter.None, CancellationToken.None));
        var key = await store.GetSigningKeyAsync(CancellationToken.None);

        await using var next = await Restart(store, isKilled);

        (await Ids(next)).Should().Equal(ids);
        (await next.GetStatsAsync(LogScope.All, LogFilter.None, CancellationToken.None)).Should().BeEquivalentTo(stats);
        (await next.GetSigningKeyAsync(CancellationToken.None)).Should().Equal(key);
        (await next.FindAsync(LogScope.All, ids[^1]))!.RequestBody.Should().Be("body 6");
    }

    [Test]
    public async Task U3_ingestedAt_grows_over_a_restart_with_the_clock_set_back()
    {
        var store = await OpenAsync();
        var before = (await Append(store, Some.Exchange()))[0];
        await store.DisposeAsync();
        Time.JumpTo(Time.GetUtcNow() - TimeSpan.FromDays(1));

        await using var next = await OpenAsync();
        (await Append(next, Some.Exchange()))[0].IngestedAtUs.Should().Be(before.IngestedAtUs + 1);
    }

    [Test]
    public async Task U3_ingestedAt_grows_though_nothing_of_the_time_before_is_left()
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
    public async Task T6_a_destroyed_scope_stays_destroyed_and_its_removal_goes_on(bool isKilled)
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
            .Equal(Enumerable.Repeat("body"u8.ToArray(), 50).SelectMany(body => body), "of what is destroyed nothing is left in the files");
        (await Ids(next)).Should().HaveCount(100);
        await Append(next, Some.Exchange(container: "gone"));
        (await Ids(next, scope: LogScope.Container("p1", "gone"))).Should().HaveCount(2);
    }

    [Test]
    public async Task T6_what_was_numbered_before_its_scope_was_destroyed_is_never_shown()
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
    public async Task Numbering_in_memory_stops_at_the_durable_ceiling_while_the_store_fails()
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

        // SQLite's own view of a kill: the file and its log as they are, without a checkpoint, and without the memory that both processes would share.
        foreach (var suffix in new[] { "", "-wal" }) File.Copy(FilePath + suffix, FilePath + "2" + suffix);
        await store.DisposeAsync();
        foreach (var suffix in new[] { "", "-wal" }) File.Move(FilePath + "2" + suffix, FilePath + suffix, overwrite: true);
        return await OpenAsync();
    }
}
