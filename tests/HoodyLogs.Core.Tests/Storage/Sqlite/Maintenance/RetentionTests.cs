using FluentAssertions;
using HoodyLogs.TestSupport;
using NUnit.Framework;

namespace HoodyLogs.Core.Tests.Storage.Sqlite.Maintenance;

/// <summary>Retention is exact at once, and returns space in steps.</summary>
public sealed class RetentionTests : SqliteStoreTest
{
    [TestCase(4, 65_536)]
    [TestCase(5, 65_536)]
    [TestCase(50, 16)]
    public async Task The_number_of_entries_is_exact_to_one_record_after_one_step(int maxEntries, int segmentRows)
    {
        Settings = Settings with { SegmentRows = segmentRows };
        Retention.MaxEntries = maxEntries;
        await using var store = await OpenAsync();
        for (var i = 0; i < 5; i++)
        {
            var records = await AppendMany(store, 40);
            await store.MaintainAsync(CancellationToken.None);

            var kept = records[^1].LastId - (maxEntries / 2 * 2);
            (await Ids(store)).Should().HaveCount(maxEntries / 2 * 2).And.OnlyContain(id => id > kept);
            store.FirstVisibleId.Should().Be(kept + 1);
        }
    }

    [Test]
    public async Task Age_is_exact_by_ingestion_time()
    {
        Settings = Settings with { SegmentRows = 4 };
        Retention.MaxAge = TimeSpan.FromMinutes(10);
        await using var store = await OpenAsync();
        for (var minute = 0; minute < 20; minute++)
        {
            await Append(store, Some.Event());
            await store.MaintainAsync(CancellationToken.None);
            (await Ids(store)).Should().Equal(Enumerable.Range(1, minute + 1).TakeLast(11).Select(id => (long)id));
            Time.Advance(TimeSpan.FromMinutes(1));
        }

        Time.Advance(TimeSpan.FromHours(1));
        await MaintainAll(store);
        (await Ids(store)).Should().BeEmpty();
        store.FirstVisibleId.Should().Be(21);
        Sql("SELECT count(*) FROM records").Should().Be(0);
        Sql("SELECT count(*) FROM segments").Should().Be(0);
    }

    [Test]
    public async Task A_gap_in_the_ids_is_not_counted_as_deleted_entries()
    {
        Retention.MaxAge = TimeSpan.FromMinutes(10);
        await using (var before = await OpenAsync()) await Append(before, Some.Exchange());
        await using var store = await OpenAsync();
        Time.Advance(TimeSpan.FromMinutes(9));
        var record = (await Append(store, Some.Exchange()))[0];
        Time.Advance(TimeSpan.FromMinutes(2));
        await store.MaintainAsync(CancellationToken.None);

        (await Ids(store)).Should().Equal(record.Id, record.LastId);
        store.FirstVisibleId.Should().Be(3);
    }

    [Test]
    public async Task The_retention_floor_survives_a_restart()
    {
        Retention.MaxEntries = 10;
        await using (var before = await OpenAsync())
        {
            await AppendMany(before, 50);
            await before.MaintainAsync(CancellationToken.None);
        }

        Retention.MaxEntries = 0;
        await using var store = await OpenAsync();
        store.FirstVisibleId.Should().Be(91);
        (await Ids(store)).Should().HaveCount(10);
        (await store.FindAsync(LogScope.All, 90, (in LogEntryView _) => { }, CancellationToken.None)).Should().BeFalse();
    }

    [Test]
    public async Task Retention_by_age_works_after_all_entries_were_deleted()
    {
        Retention.MaxAge = TimeSpan.FromMinutes(10);
        await using var store = await OpenAsync();
        await AppendMany(store, 10);
        await store.DeleteScopeAsync(LogScope.Project("p1"), CancellationToken.None);
        await MaintainAll(store);
        await Append(store, Some.Exchange());
        (await Ids(store)).Should().Equal(21, 22);

        Time.Advance(TimeSpan.FromMinutes(11));
        await MaintainAll(store);
        (await Ids(store)).Should().BeEmpty();
    }

    [Test]
    public async Task Maintenance_ends_while_records_with_ids_wait_to_be_stored()
    {
        Settings = Settings with { SegmentRows = 4 };
        Retention.MaxEntries = 10;
        await using var store = await OpenAsync();
        await AppendMany(store, 20, i => Some.Exchange(container: $"c{i}"));
        var waiting = Some.Exchange(container: "c0");
        store.AssignIds([waiting]);

        var steps = 0;
        while (await store.MaintainAsync(CancellationToken.None)) (++steps).Should().BeLessThan(1_000);
        await Append(store, waiting);
        await MaintainAll(store);

        (await Ids(store, scope: LogScope.Container("p1", "c0"))).Should().Equal(waiting.Id, waiting.LastId);
        Sql("SELECT count(*) FROM segments").Should().BeLessThan(4);
    }

    [Test]
    public async Task The_size_limit_includes_bodies_and_the_write_ahead_log()
    {
        const long MaxBytes = 4 << 20;
        Settings = Settings with { SegmentRows = 64 };
        Retention.MaxBytes = MaxBytes;
        await using var store = await OpenAsync();
        for (var i = 0; i < 40; i++)
        {
            await AppendMany(store, 50, _ => Some.Exchange().WithBodies(Some.Text(Some.Letters(10_000)), null));
            await MaintainAll(store);
            SizeOnDisk().Should().BeLessThanOrEqualTo(MaxBytes);
        }

        var kept = await Ids(store);
        kept.Should().HaveCountGreaterThan(400).And.EndWith(store.LastId);
        kept.Should().Equal(Enumerable.Range((int)kept[0], kept.Count).Select(id => (long)id));
    }

    [TestCase(4 << 20)]
    [TestCase(1 << 20)]
    public async Task A_lower_size_limit_keeps_about_that_much_of_the_newest_entries(int maxBytes)
    {
        await using var store = await OpenAsync();
        for (var i = 0; i < 60; i++) await AppendMany(store, 100, _ => Some.Exchange().WithBodies(Some.Text(Some.Letters(10_000)), null));

        Retention.MaxBytes = maxBytes;
        await MaintainAll(store);

        var kept = await Ids(store);
        kept.Should().EndWith(store.LastId);
        (kept.Count / 2 * 10_000).Should().BeInRange(maxBytes / 2, maxBytes);
        await AppendMany(store, 400, _ => Some.Exchange().WithBodies(Some.Text(Some.Letters(10_000)), null));
        await MaintainAll(store);
        SizeOnDisk().Should().BeLessThanOrEqualTo(maxBytes, "the old large files are deleted");
        ((await Ids(store)).Count / 2 * 10_000).Should().BeGreaterThan(maxBytes / 2);
    }

    [Test]
    public async Task The_newest_exchange_is_kept_whatever_its_size()
    {
        Retention.MaxBytes = 1 << 20;
        await using var store = await OpenAsync();
        await AppendMany(store, 10);
        var large = (await Append(store, Some.Exchange().WithBodies(Some.Text(Some.Letters(3 << 20)), null)))[0];
        await MaintainAll(store);

        (await Ids(store)).Should().Equal(large.Id, large.LastId);
        (await store.FindAsync(LogScope.All, large.Id))!.RequestBody.Should().HaveLength(3 << 20);
    }

    [Test]
    public async Task Space_is_returned_in_small_steps()
    {
        await using var store = await OpenAsync();
        for (var i = 0; i < 20; i++) await AppendMany(store, 1_000, _ => Some.Exchange(url: new string('u', 500)).WithBodies(Some.Text(Some.Letters(1_000)), null));
        Sql("PRAGMA wal_checkpoint(TRUNCATE)");
        var before = SizeOnDisk();
        Retention.MaxEntries = 1_000;
        var steps = 0;
        while (await store.MaintainAsync(CancellationToken.None)) steps++;
        Sql("PRAGMA wal_checkpoint(TRUNCATE)");

        steps.Should().BeGreaterThan(40);
        before.Should().BeGreaterThan(30 << 20);
        SizeOnDisk().Should().BeLessThan(5 << 20);
        (await Ids(store)).Should().HaveCount(1_000);
    }

    [Test]
    public async Task Series_without_rows_are_removed_and_make_room_for_others()
    {
        Settings = Settings with { SegmentRows = 16, MaxSeries = 40 };
        Retention.MaxEntries = 20;
        await using (var store = await OpenAsync())
        {
            for (var i = 0; i < 30; i++)
            {
                await AppendMany(store, 16, _ => Some.Exchange(container: $"c{i}"));
                await MaintainAll(store);
            }

            Sql("SELECT count(*) FROM series").Should().BeLessThan(10);
            for (var i = 30; i < 100; i++)
            {
                await AppendMany(store, 16, _ => Some.Exchange(container: $"c{i}"));
                await MaintainAll(store);
            }

            store.UnscopedRecords.Should().Be(0);
        }

        await using var again = await OpenAsync();
        var stats = await again.GetStatsAsync(LogScope.All, LogFilter.All, CancellationToken.None);
        stats.ByContainer.Keys.Should().BeEquivalentTo("c99");
        var last = (await again.ListAsync(LogScope.Container("p1", "c99"), new LogQuery { Last = 1 })).Single();
        last.ContainerId.Should().Be("c99");
    }

    /// <summary>Of all but the memory that connections share.</summary>
    private long SizeOnDisk() => new DirectoryInfo(Folder.Path).GetFiles("logs.db*").Where(file => !file.Name.EndsWith("-shm", StringComparison.Ordinal)).Sum(file => file.Length);
}
