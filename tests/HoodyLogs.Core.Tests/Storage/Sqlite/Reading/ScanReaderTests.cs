using FluentAssertions;
using HoodyLogs.Storage.Sqlite;
using HoodyLogs.TestSupport;
using Microsoft.Extensions.Logging.Abstractions;
using NUnit.Framework;

namespace HoodyLogs.Core.Tests.Storage.Sqlite.Reading;

/// <summary>The limits of scans.</summary>
public sealed class ScanReaderTests : SqliteStoreTest
{
    private static readonly LogFilter Found = new() { Statuses = [new StatusRange(200, 299)] };

    [Test]
    public async Task L4_counting_stops_at_10000_matches_and_the_total_is_marked_as_lower_bound()
    {
        await using var store = await OpenAsync();
        await AppendMany(store, 5_000);
        (await ReadAsync(store, new LogQuery { Filter = Found, Limit = 10 })).Page
            .Should().Be(new LogPage { Count = 10, Total = 10_000, LastReturnedId = 10 }, "all entries are returned");

        await AppendMany(store, 100);
        (await ReadAsync(store, new LogQuery { Filter = Found, Limit = 10 })).Page
            .Should().Be(new LogPage { Count = 10, Total = 10_000, LastReturnedId = 10, TotalIsLowerBound = true });
    }

    [TestCase(false)]
    [TestCase(true)]
    public async Task L4_a_page_that_reaches_the_row_limit_returns_its_position_and_no_entry_is_missed(bool descending)
    {
        Settings = Settings with { SegmentRows = 64 };
        await using var store = await OpenAsync();
        await AppendMany(store, 1_000, i => Some.Exchange(status: i % 150 == 149 ? 200 : 404));
        var expected = await Ids(store, new LogQuery { Filter = Found, Limit = int.MaxValue, Descending = descending });

        var found = new List<long>();
        var query = new LogQuery { Filter = Found, Limit = 5, Descending = descending, MaxScannedRecords = 100 };
        var bounded = 0;
        while (true)
        {
            var (page, ids) = await ReadAsync(store, query);
            found.AddRange(ids);
            page.TotalIsLowerBound.Should().BeTrue();
            var next = page.ScannedToId ?? (page.Count > 0 ? page.LastReturnedId : 0);
            if (next == 0) break;
            if (page.ScannedToId is not null) bounded++;
            query = descending ? query with { BeforeId = next } : query with { AfterId = next };
        }

        found.Should().Equal(expected).And.HaveCount(12);
        bounded.Should().BeGreaterThan(5);
    }

    [TestCase(false)]
    [TestCase(true)]
    public async Task L4_a_page_that_reaches_the_time_limit_returns_its_position_and_no_entry_is_missed(bool descending)
    {
        Settings = Settings with { SegmentRows = 512 };
        var clock = new TickingTime();
        await using var store = new SqliteLogStore(Settings, () => Retention, clock, NullLogger<SqliteLogStore>.Instance);
        await store.OpenAsync(CancellationToken.None);
        await AppendMany(store, 4_000, i => Some.Exchange(status: i % 700 == 699 ? 200 : 404));
        var expected = await Ids(store, new LogQuery { Filter = Found, Limit = int.MaxValue, Descending = descending, MaxScanTime = TimeSpan.FromDays(1) });

        // The clock advances by a second with each reading, so the time limit of these reads is exceeded from the start.
        var found = new List<long>();
        var query = new LogQuery { Filter = Found, Limit = 50, Descending = descending, MaxScanTime = TimeSpan.FromSeconds(1) };
        var reads = 0;
        while (true)
        {
            var (page, ids) = await ReadAsync(store, query);
            found.AddRange(ids);
            reads++;
            if (page.ScannedToId is not { } next) break;
            page.TotalIsLowerBound.Should().BeTrue();
            page.Total.Should().BeGreaterThanOrEqualTo(ids.Count);
            query = descending ? query with { BeforeId = next } : query with { AfterId = next };
            reads.Should().BeLessThan(4_100, "every read makes progress");
        }

        found.Should().Equal(expected).And.HaveCount(10);
        reads.Should().BeGreaterThan(4);
    }

    [Test]
    public async Task L4_counting_stops_at_the_time_limit()
    {
        var clock = new TickingTime();
        await using var store = new SqliteLogStore(Settings, () => Retention, clock, NullLogger<SqliteLogStore>.Instance);
        await store.OpenAsync(CancellationToken.None);
        await AppendMany(store, 4_000, _ => Some.Exchange(status: 404));
        await AppendMany(store, 10);
        var before = clock.Readings;
        var (page, ids) = await ReadAsync(store, new LogQuery { Filter = Found, AfterId = 8_000, Limit = 5, MaxScanTime = TimeSpan.FromSeconds(4) });
        ids.Should().HaveCount(5);
        (page.Total >= 5, page.TotalIsLowerBound).Should().Be((true, true));
        (clock.Readings - before).Should().BeLessThan(12, "the clock is read once per 256 rows");
    }

    [Test]
    public async Task A_page_read_in_parts_scans_each_row_at_most_a_few_times()
    {
        var clock = new TickingTime();
        await using var store = new SqliteLogStore(Settings, () => Retention, clock, NullLogger<SqliteLogStore>.Instance);
        await store.OpenAsync(CancellationToken.None);
        await AppendMany(store, 20_000, i => Some.Exchange(status: i % 100 == 0 ? 200 : 404, url: "/" + new string('x', 2_000)));
        var query = new LogQuery { Filter = Found, Limit = 1_000, CountTotal = false, MaxBytes = 4_000, MaxScanTime = TimeSpan.FromDays(1) };
        var (returned, pieces, before) = (new List<long>(), 0, clock.Readings);
        for (var more = true; more; pieces++)
        {
            var (page, ids) = await ReadAsync(store, query);
            returned.AddRange(ids);
            more = page.HasMore;
            query = query with { AfterId = page.LastReturnedId, Limit = query.Limit - page.Count };
        }

        returned.Should().HaveCount(400).And.OnlyHaveUniqueItems().And.BeInAscendingOrder();
        pieces.Should().BeGreaterThan(100);

        // Each read reads the clock twice, and once more per segment. All other readings are for rows.
        ((clock.Readings - before - (3 * pieces)) * 256).Should().BeLessThan(3 * 20_000);
    }

    [Test]
    public async Task Scans_do_not_use_the_thread_of_the_caller_and_indexed_reads_do()
    {
        await using var store = await OpenAsync();
        await AppendMany(store, 10);
        var threads = new HashSet<string?>();
        await store.ReadAsync(LogScope.All, new LogQuery { Filter = Found }, (in LogEntryView _) => threads.Add(Thread.CurrentThread.Name), CancellationToken.None);
        threads.Should().ContainSingle().Which.Should().StartWith("HoodyLogs scan");
        var here = Environment.CurrentManagedThreadId;
        var other = false;
        await store.ReadAsync(LogScope.All, new LogQuery(), (in LogEntryView _) => other |= Environment.CurrentManagedThreadId != here, CancellationToken.None);
        other.Should().BeFalse();
    }

    [Test]
    public async Task A2_a_trace_of_another_scope_does_not_change_the_position()
    {
        await using var store = new SqliteLogStore(Settings, () => Retention, new TickingTime(), NullLogger<SqliteLogStore>.Instance);
        await store.OpenAsync(CancellationToken.None);
        await AppendMany(store, 600, _ => Some.Exchange(project: "p2"));
        var query = new LogQuery { Filter = new LogFilter { TraceId = "4bf92f3577b34da6a3ce929d0e0e4736" }, MaxScanTime = TimeSpan.FromSeconds(1), MaxScannedRecords = 10 };
        var page = await store.ReadAsync(LogScope.Project("p1"), query, (in LogEntryView _) => { }, CancellationToken.None);
        (page.Count, page.Total, page.ScannedToId, page.TotalIsLowerBound).Should().Be((0, 0, null, false));
    }

    /// <summary>A clock that advances by a second with each reading and counts the readings.</summary>
    private sealed class TickingTime : TimeProvider
    {
        private long _looks;

        public long Readings => Volatile.Read(ref _looks);

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => Interlocked.Increment(ref _looks);
    }

    private static async Task<(LogPage Page, List<long> Ids)> ReadAsync(SqliteLogStore store, LogQuery query)
    {
        var ids = new List<long>();
        var page = await store.ReadAsync(LogScope.All, query, (in LogEntryView entry) => ids.Add(entry.Id), CancellationToken.None);
        return (page, ids);
    }
}
