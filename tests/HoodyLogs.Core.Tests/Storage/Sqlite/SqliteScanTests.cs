using FluentAssertions;
using HoodyLogs.Entries;
using HoodyLogs.Queries;
using HoodyLogs.Storage.Sqlite;
using HoodyLogs.Tenancy;
using HoodyLogs.TestSupport;
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
            .Should().Be(new LogPage { Count = 10, Total = 10_000, LastShownId = 10 }, "these are all");

        await AppendMany(store, 100);
        (await ReadAsync(store, new LogQuery { Filter = Found, Limit = 10 })).Page
            .Should().Be(new LogPage { Count = 10, Total = 10_000, LastShownId = 10, TotalIsLowerBound = true });
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
        var query = new LogQuery { Filter = Found, Limit = 5, Descending = descending, MaxRecordsLookedAt = 100 };
        var bounded = 0;
        while (true)
        {
            var (page, ids) = await ReadAsync(store, query);
            found.AddRange(ids);
            page.TotalIsLowerBound.Should().BeTrue();
            var next = page.ScannedToId ?? (page.Count > 0 ? page.LastShownId : 0);
            if (next == 0) break;
            if (page.ScannedToId is not null) bounded++;
            query = descending ? query with { BeforeId = next } : query with { AfterId = next };
        }

        found.Should().Equal(expected).And.HaveCount(12);
        bounded.Should().BeGreaterThan(5);
    }

    private static async Task<(LogPage Page, List<long> Ids)> ReadAsync(SqliteLogStore store, LogQuery query)
    {
        var ids = new List<long>();
        var page = await store.ReadAsync(LogScope.All, query, (in LogEntryView entry) => ids.Add(entry.Id), CancellationToken.None);
        return (page, ids);
    }
}
