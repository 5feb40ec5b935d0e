using FluentAssertions;
using HoodyLogs.TestSupport;
using NUnit.Framework;

namespace HoodyLogs.Core.Tests.Storage.Sqlite.Maintenance;

/// <summary>All kinds of maintenance make progress while batches arrive and the retention floor rises: there is one step per batch.</summary>
public sealed class PurgerTests : SqliteStoreTest
{
    [TestCase(true)]
    [TestCase(false)]
    public async Task Segments_and_series_are_removed_while_the_retention_floor_rises_at_every_step(bool isByAge)
    {
        Settings = Settings with { SegmentRows = 16, PurgeStepRows = 8, MaxSeries = 60 };
        if (isByAge) Retention.MaxAge = TimeSpan.FromSeconds(10);
        else Retention.MaxEntries = 320;
        await using var store = await OpenAsync();
        for (var batch = 0; batch < 300; batch++)
        {
            await AppendMany(store, 16, _ => Some.Exchange(container: $"c{batch}"));
            Time.Advance(TimeSpan.FromSeconds(1));
            (await store.MaintainAsync(CancellationToken.None) || batch < 20).Should().BeTrue("something always waits to be done");

            Sql("SELECT count(*) FROM records").Should().BeLessThan(16 * 16);
            Sql("SELECT count(*) FROM segments").Should().BeLessThan(16);
            Sql("SELECT count(*) FROM series").Should().BeLessThan(40);
        }

        store.UnscopedRecords.Should().Be(0);
    }

    [Test]
    public async Task The_size_is_limited_while_the_retention_floor_rises_at_every_step()
    {
        const int MaxBytes = 2 << 20;
        Settings = Settings with { SegmentRows = 256, PurgeStepRows = 50 };
        Retention.MaxEntries = 16_000;
        await using var store = await OpenAsync();
        var url = Some.Letters(1_000);
        for (var batch = 0; batch < 200; batch++) await AppendMany(store, 50, _ => Some.Exchange(url: url));
        Retention.MaxBytes = MaxBytes;
        for (var batch = 0; batch < 400; batch++)
        {
            await AppendMany(store, 50, _ => Some.Exchange(url: url));
            var before = store.FirstVisibleId;
            Retention.MaxEntries = Math.Max(1_000, (await store.GetStatsAsync(LogScope.All, LogFilter.All, CancellationToken.None)).Total - 20);
            await store.MaintainAsync(CancellationToken.None);
            store.FirstVisibleId.Should().BeGreaterThan(before, "the test needs a rising retention floor");
        }

        UsedBytes().Should().BeLessThan(MaxBytes * 3 / 2);
        (await Ids(store)).Should().HaveCountGreaterThan(1_000);
    }

    [Test]
    public async Task A_store_within_its_size_limit_deletes_nothing_while_hidden_rows_wait_for_their_purge()
    {
        Settings = Settings with { PurgeStepRows = 10 };
        await using var store = await OpenAsync();
        for (var batch = 0; batch < 20; batch++) await AppendMany(store, 100, _ => Some.Exchange(url: Some.Letters(1_000)));
        Retention.MaxBytes = 2 << 20;
        Retention.MaxEntries = 1_000;
        await MaintainAll(store);

        (await Ids(store)).Should().HaveCount(1_000);
    }

    private long UsedBytes() => (Sql("PRAGMA page_count") - Sql("PRAGMA freelist_count")) * Sql("PRAGMA page_size");
}
