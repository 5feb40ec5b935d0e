using FluentAssertions;
using HoodyLogs.Storage.Sqlite;
using HoodyLogs.TestSupport;
using Microsoft.Extensions.Logging.Abstractions;
using NUnit.Framework;

namespace HoodyLogs.Core.Tests.Storage.Sqlite;

/// <summary>The bounds of reads by filters that need a look at each record (decision L4).</summary>
public sealed class SqliteScanTests : SqliteStoreTest
{
    private static readonly LogFilter Found = new() { Statuses = [new StatusRange(200, 299)] };

    [Test]
    public async Task L4_counting_stops_at_10000_matches_and_the_total_says_so()
    {
        await using var store = await OpenAsync();
        await AppendMany(store, 5_000);
        (await ReadAsync(store, new LogQuery { Filter = Found, Limit = 10 })).Page
            .Should().Be(new LogPage { Count = 10, Total = 10_000, LastReturnedId = 10 }, "these are all");

        await AppendMany(store, 100);
        (await ReadAsync(store, new LogQuery { Filter = Found, Limit = 10 })).Page
            .Should().Be(new LogPage { Count = 10, Total = 10_000, LastReturnedId = 10, TotalIsLowerBound = true });
    }

    [TestCase(false)]
    [TestCase(true)]
    public async Task L4_a_page_that_meets_the_row_bound_says_from_where_to_go_on_and_nothing_is_missed(bool descending)
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
    public async Task L4_a_page_whose_time_is_up_says_from_where_to_go_on_and_nothing_is_missed(bool descending)
    {
        Settings = Settings with { SegmentRows = 512 };
        var clock = new TickingTime();
        await using var store = new SqliteLogStore(Settings, () => Retention, clock, NullLogger<SqliteLogStore>.Instance);
        await store.OpenAsync(CancellationToken.None);
        await AppendMany(store, 4_000, i => Some.Exchange(status: i % 700 == 699 ? 200 : 404));
        var expected = await Ids(store, new LogQuery { Filter = Found, Limit = int.MaxValue, Descending = descending, MaxScanTime = TimeSpan.FromDays(1) });

        // Each look at the clock takes a second, so these reads are out of time from the start.
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
            reads.Should().BeLessThan(4_100, "every read gets on");
        }

        found.Should().Equal(expected).And.HaveCount(10);
        reads.Should().BeGreaterThan(4);
    }

    [Test]
    public async Task L4_the_count_of_all_ends_with_the_time_of_the_read()
    {
        var clock = new TickingTime();
        await using var store = new SqliteLogStore(Settings, () => Retention, clock, NullLogger<SqliteLogStore>.Instance);
        await store.OpenAsync(CancellationToken.None);
        await AppendMany(store, 4_000, _ => Some.Exchange(status: 404));
        await AppendMany(store, 10);
        var before = clock.Looks;
        var (page, ids) = await ReadAsync(store, new LogQuery { Filter = Found, AfterId = 8_000, Limit = 5, MaxScanTime = TimeSpan.FromSeconds(4) });
        ids.Should().HaveCount(5);
        (page.Total >= 5, page.TotalIsLowerBound).Should().Be((true, true));
        (clock.Looks - before).Should().BeLessThan(12, "a look at the clock stands for 256 rows at most");
    }

    [Test]
    public async Task Pieces_of_a_page_look_at_each_row_a_few_times_at_most()
    {
        var clock = new TickingTime();
        await using var store = new SqliteLogStore(Settings, () => Retention, clock, NullLogger<SqliteLogStore>.Instance);
        await store.OpenAsync(CancellationToken.None);
        await AppendMany(store, 20_000, i => Some.Exchange(status: i % 100 == 0 ? 200 : 404, url: "/" + new string('x', 2_000)));
        var query = new LogQuery { Filter = Found, Limit = 1_000, CountTotal = false, MaxBytes = 4_000, MaxScanTime = TimeSpan.FromDays(1) };
        var (shown, pieces, before) = (new List<long>(), 0, clock.Looks);
        for (var more = true; more; pieces++)
        {
            var (page, ids) = await ReadAsync(store, query);
            shown.AddRange(ids);
            more = page.HasMore;
            query = query with { AfterId = page.LastReturnedId, Limit = query.Limit - page.Count };
        }

        shown.Should().HaveCount(400).And.OnlyHaveUniqueItems().And.BeInAscendingOrder();
        pieces.Should().BeGreaterThan(100);

        // Every read looks at the clock twice and for each segment; the rest are rows.
        ((clock.Looks - before - (3 * pieces)) * 256).Should().BeLessThan(3 * 20_000);
    }

    [Test]
    public async Task Reads_of_rows_take_no_thread_of_the_caller_and_series_reads_do()
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
    public async Task A2_a_trace_of_another_scope_leaves_no_position_behind()
    {
        await using var store = new SqliteLogStore(Settings, () => Retention, new TickingTime(), NullLogger<SqliteLogStore>.Instance);
        await store.OpenAsync(CancellationToken.None);
        await AppendMany(store, 600, _ => Some.Exchange(project: "p2"));
        var query = new LogQuery { Filter = new LogFilter { TraceId = "4bf92f3577b34da6a3ce929d0e0e4736" }, MaxScanTime = TimeSpan.FromSeconds(1), MaxScannedRecords = 10 };
        var page = await store.ReadAsync(LogScope.Project("p1"), query, (in LogEntryView _) => { }, CancellationToken.None);
        (page.Count, page.Total, page.ScannedToId, page.TotalIsLowerBound).Should().Be((0, 0, null, false));
    }

    /// <summary>A clock that goes on by a second with every look, and counts them.</summary>
    private sealed class TickingTime : TimeProvider
    {
        private long _looks;

        public long Looks => Volatile.Read(ref _looks);

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
