using FluentAssertions;
using HoodyLogs.Storage.Sqlite;
using HoodyLogs.TestSupport;
using Microsoft.Data.Sqlite;
using NUnit.Framework;

namespace HoodyLogs.Core.Tests.Storage.Sqlite;

/// <summary>Reads run concurrently with a writer that seals segments, applies retention and deletes a container again and again.</summary>
public sealed class StoreConcurrencyTests : SqliteStoreTest
{
    private const int Batches = 400;

    [Test]
    public async Task Paging_by_afterId_returns_each_surviving_entry_exactly_once_and_no_read_fails()
    {
        Settings = Settings with { SegmentRows = 64, SegmentIdSpan = 256, PurgeStepRows = 32, CachedIndexes = 4 };
        Retention.MaxEntries = 4_000;
        await using var store = await OpenAsync();
        using var done = new CancellationTokenSource();

        var readers = Task.WhenAll(
            Task.Run(() => WalkAsync(store, done.Token)), Task.Run(() => WalkAsync(store, done.Token)),
            Task.Run(() => PageAsync(store, done.Token)), Task.Run(() => PageAsync(store, done.Token)));
        try
        {
            await WriteAsync(store);
        }
        finally
        {
            await done.CancelAsync();
        }

        await readers;
        (await Ids(store, scope: LogScope.Container("p1", "kept"))).Should().HaveCountGreaterThan(1_000);
    }

    /// <summary>A reader of SQLite that finds a half-written write-ahead log takes the write lock briefly. Another process can do the same.</summary>
    [Test]
    public async Task An_append_waits_for_a_short_lock()
    {
        await using var store = await OpenAsync();
        using var other = new SqliteConnection($"Data Source={FilePath};Pooling=False");
        other.Open();
        for (var i = 0; i < 200; i++)
        {
            var held = other.BeginTransaction(deferred: false);
            var isReleased = Task.Run(held.Dispose);
            await Append(store, Some.Event());
            await isReleased;
        }

        (await Ids(store)).Should().HaveCount(200);
    }

    private static async Task WriteAsync(SqliteLogStore store)
    {
        for (var i = 0; i < Batches; i++)
        {
            await AppendMany(store, 25, n => Some.Exchange(container: n % 5 == 0 ? "doomed" : "kept").WithBodies(Some.Text("body"), null));
            if (i % 20 == 10) await store.DeleteScopeAsync(LogScope.Container("p1", "doomed"), CancellationToken.None);
            await store.MaintainAsync(CancellationToken.None);
        }
    }

    // Pages through the log from the beginning. Ids increase, and only retention can remove ids before they are read.
    private static async Task WalkAsync(SqliteLogStore store, CancellationToken done)
    {
        var scope = LogScope.Container("p1", "kept");
        long position = 0;
        for (var isLast = false; !isLast;)
        {
            isLast = done.IsCancellationRequested;
            var seen = await Ids(store, new LogQuery { AfterId = position, Limit = 70, IncludeRequestBody = true }, scope);
            foreach (var id in seen)
            {
                id.Should().BeGreaterThan(position);
                var missed = Enumerable.Range(0, (int)(id - position - 1)).Select(n => position + 1 + n).Where(IsKept);
                missed.Where(missing => missing >= store.FirstVisibleId).Should().BeEmpty();
                position = id;
            }

            if (seen.Count > 0) isLast = false;
        }

        position.Should().Be(Batches * 50);
    }

    // The ids have no gaps in this test. Every fifth record belongs to the deleted container.
    private static bool IsKept(long id) => (id - 1) / 2 % 5 != 0;

    private static async Task PageAsync(SqliteLogStore store, CancellationToken done)
    {
        var random = new Random(1);
        while (!done.IsCancellationRequested)
        {
            var ids = new List<long>();
            var query = new LogQuery
            {
                Filter = random.Next(3) == 0 ? new LogFilter { TraceId = Some.Exchange().TraceId } : new LogFilter { Kinds = [EntryKind.Response] },
                Offset = random.Next(2_000),
                Limit = random.Next(1, 300),
                Descending = random.Next(2) == 0,
            };
            var page = await store.ReadAsync(LogScope.All, query, (in LogEntryView entry) => ids.Add(entry.Id), CancellationToken.None);

            ids.Should().OnlyHaveUniqueItems();
            (query.Descending ? ids : ids.AsEnumerable().Reverse()).Should().BeInDescendingOrder();
            page.Total.Should().BeLessThanOrEqualTo(4_050);
            if (page.Total >= query.Offset + query.Limit) ids.Should().HaveCount(query.Limit);
            await store.GetStatsAsync(LogScope.All, LogFilter.All, CancellationToken.None);
        }
    }
}
