using System.Globalization;
using FluentAssertions;
using HoodyLogs.Core.Tests.Writing;
using HoodyLogs.Diagnostics;
using HoodyLogs.Tail;
using HoodyLogs.Tail.Gaps;
using HoodyLogs.Tail.Ring;
using HoodyLogs.TestSupport;
using NUnit.Framework;

namespace HoodyLogs.Core.Tests.Tail;

public sealed class TailCursorTests
{
    private static readonly TailOptions SmallRing = new() { RingEntries = 16 };

    [Test]
    public async Task Reads_the_store_until_the_ring_has_the_next_entry()
    {
        await using var fixture = await WritingFixture.StartAsync(tail: SmallRing);
        await WriteAsync(fixture, 500);
        using var tail = new TailReading(fixture, position: 3);

        (await tail.ReadAsync()).Should().Equal(Ids(4, 1000));
        tail.Cursor.Position.Should().Be(1000);
    }

    [TestCase(1)]
    [TestCase(2)]
    [TestCase(3)]
    public async Task Can_start_between_the_two_entries_of_an_exchange(int position)
    {
        await using var fixture = await WritingFixture.StartAsync();
        await WriteAsync(fixture, 2);
        using var tail = new TailReading(fixture, position: position);

        (await tail.ReadAsync()).Should().Equal(Ids(position + 1, 4));
    }

    [Test]
    public async Task The_ring_holds_exactly_RingEntries()
    {
        await using var fixture = await WritingFixture.StartAsync(tail: SmallRing);
        for (var i = 0; i < 200; i++)
        {
            fixture.Queue.TryWrite(i % 3 == 0 ? Some.Event() : Some.Exchange());
            await fixture.FlushAsync();
            var view = fixture.Ring.Snapshot;
            (view.Position - view.StartPosition).Should().Be(Math.Min(16, view.Position));
        }
    }

    [Test]
    public async Task Filters_give_the_same_entries_from_ring_and_store()
    {
        await using var fixture = await WritingFixture.StartAsync();
        var random = new Random(5);
        for (var i = 0; i < 300; i++)
        {
            fixture.Queue.TryWrite(Some.Exchange(
                project: $"p{random.Next(2)}", container: $"c{random.Next(400)}", status: random.Next(200, 600), level: (EntryLevel)random.Next(4),
                url: $"/{random.Next(20)}"));
        }

        await fixture.FlushAsync();
        LogFilter[] filters = [
            LogFilter.All, new() { Levels = [EntryLevel.Warn] }, new() { Kinds = [EntryKind.Response] },
            new() { Statuses = [new StatusRange(400, 499)] }, new() { UrlText = "/1", Kinds = [EntryKind.Request] },
        ];
        foreach (var filter in filters)
        {
            foreach (var scope in new[] { LogScope.All, LogScope.Project("p1"), LogScope.Container("p1", "c7") })
            {
                using var tail = new TailReading(fixture, scope, filter, position: 0);
                var ids = new List<string>();
                await fixture.Model.ReadAsync(
                    scope, new LogQuery { Filter = filter, Limit = 1000 }, (in LogEntryView entry) => ids.Add(Text(entry.Id)), CancellationToken.None);
                (await tail.ReadAsync()).Should().Equal(ids);
            }
        }
    }

    [Test]
    public async Task T2_while_the_store_fails_tails_read_the_ring_and_older_positions_wait()
    {
        await using var fixture = await WritingFixture.StartAsync(tail: SmallRing);
        await WriteAsync(fixture, 5);
        using var live = new TailReading(fixture);
        using var behind = new TailReading(fixture, position: 4);
        fixture.Model.AppendFailure = new IOException("No space left on device");
        for (var i = 0; i < 20; i++)
        {
            fixture.Queue.TryWrite(Some.Exchange());
            await Eventually.Holds(() => fixture.Ring.Position == 12 + (2 * i), "it is shown from memory");
            (await live.ReadAsync()).Should().Equal(Ids(11 + (2 * i), 12 + (2 * i)));
        }

        (await behind.ReadAsync()).Should().Equal(Ids(5, 10));
        fixture.Model.AppendFailure = null;
        await PassTimeUntil(fixture, () => fixture.Ring.CommittedPosition == 50);

        (await behind.ReadAsync()).Should().Equal(Ids(11, 50));
        (await live.ReadAsync()).Should().BeEmpty();
    }

    [Test]
    public async Task T7_unstored_entries_are_a_gap_only_for_tails_that_read_the_store()
    {
        await using var fixture = await WritingFixture.StartAsync(new QueueOptions { Capacity = 10 }, SmallRing);
        await WriteAsync(fixture, 1);
        using var live = new TailReading(fixture);
        fixture.Model.AppendFailure = new IOException("No space left on device");
        for (var i = 0; i < 30; i++)
        {
            fixture.Queue.TryWrite(Some.Exchange());
            await Eventually.Holds(() => fixture.Ring.Position == 4 + (2 * i), "it is shown from memory");
            (await live.ReadAsync()).Should().HaveCount(2, "a reader that keeps up misses nothing");
        }

        fixture.Model.AppendFailure = null;
        await PassTimeUntil(fixture, () => fixture.Ring.Position == 63);
        await fixture.FlushAsync();
        fixture.Ring.Snapshot.StartPosition.Should().Be(47);

        using var late = new TailReading(fixture, position: 2);
        (await late.ReadAsync()).Should().Equal(
            [.. Ids(3, 22), """gap {"from":23,"to":47,"count":25,"reason":"storeFailing"}""", .. Ids(48, 63)], "the ring still has the rest");
        (await live.ReadAsync()).Should().Equal(Ids(63, 63));
    }

    [Test]
    public async Task T10_a_gap_for_a_scoped_reader_has_no_count()
    {
        await using var fixture = await WritingFixture.StartAsync(tail: SmallRing);
        await WriteAsync(fixture, 5);
        fixture.GapHistory.Add(new Gap(4, 7, 4_711, DropReason.QueueFull, HasIds: false));
        using var admin = new TailReading(fixture, position: 0);
        using var scoped = new TailReading(fixture, LogScope.Project("p1"), position: 0);
        (await admin.ReadAsync()).Should().Contain("""gap {"from":4,"to":7,"count":4711,"reason":"queueFull"}""");
        (await scoped.ReadAsync()).Should().Contain("""gap {"from":4,"to":7,"count":null,"reason":"queueFull"}""");
    }

    [Test]
    public void MatchesEverything_is_true_only_without_conditions()
    {
        new LogFilter().MatchesEverything.Should().BeTrue();
        new LogFilter { Levels = new HashSet<EntryLevel>(), Statuses = new List<StatusRange>() }.MatchesEverything.Should().BeTrue();
        new LogFilter { Levels = [EntryLevel.Warn] }.MatchesEverything.Should().BeFalse();
        new LogFilter { UrlText = "x" }.MatchesEverything.Should().BeFalse();
    }

    [Test]
    public async Task An_admin_without_a_filter_receives_whole_runs_without_tests_per_entry()
    {
        await using var fixture = await WritingFixture.StartAsync();
        await WriteAsync(fixture, 50);

        // A filter from a query string is not the instance LogFilter.All and has collections of its own.
        var none = new LogFilter { Levels = new HashSet<EntryLevel>(), Kinds = new HashSet<EntryKind>(), Statuses = new List<StatusRange>() };
        foreach (var (scope, filter, examined) in new[]
        {
            (LogScope.All, none, false), (LogScope.All, new LogFilter { Levels = [EntryLevel.Info] }, true), (LogScope.Project("p1"), none, true),
        })
        {
            var sink = new CountingSink();
            using var cursor = new TailCursor(fixture.Ring, fixture.Model, fixture.GapHistory, scope, filter, fixture.Ring.Snapshot.StartPosition);
            while (await cursor.ReadAsync(sink, CancellationToken.None))
            {
            }

            cursor.Position.Should().Be(fixture.Ring.Position);
            (cursor.TestedEntries > 0).Should().Be(examined);
        }
    }

    [Test]
    public async Task T8_a_page_of_the_store_is_not_larger_than_a_flush()
    {
        await using var fixture = await WritingFixture.StartAsync(tail: SmallRing);
        for (var i = 0; i < 200; i++) fixture.Queue.TryWrite(Some.Exchange(url: i < 150 ? "/" : "/" + new string('x', 8_000)));
        await fixture.FlushAsync();
        var sink = new CountingSink();
        using var cursor = new TailCursor(fixture.Ring, fixture.Model, fixture.GapHistory, LogScope.All, new LogFilter { UrlText = "/" }, 0);
        var most = 0;
        while (cursor.Position < fixture.Ring.Snapshot.StartPosition && await cursor.ReadAsync(sink, CancellationToken.None))
        {
            most = Math.Max(most, sink.Bytes);
            sink.Bytes = 0;
        }

        cursor.Position.Should().BeGreaterThan(300);
        most.Should().BeInRange(16_000, 80_000);
    }

    private sealed class CountingSink : ITailSink
    {
        public int Bytes { get; set; }

        public bool IsFull => false;

        public int WriteRun(RingChunk chunk, int from, int to) => to;

        public void WriteStored(in LogEntryView entry) => Bytes += entry.Url.Length;

        public void WriteGap(Gap loss, long position)
        {
        }
    }

    [Test]
    public async Task T7_entries_removed_by_retention_are_a_gap_without_count()
    {
        await using var fixture = await WritingFixture.StartAsync(tail: SmallRing);
        await WriteAsync(fixture, 50);
        using var tail = new TailReading(fixture, position: 10);
        fixture.Model.DropBefore(31);

        (await tail.ReadAsync()).Should().Equal(["""gap {"from":11,"to":30,"count":null,"reason":"retention"}""", .. Ids(31, 100)]);
    }

    [Test]
    public async Task T6_a_deleted_entry_leaves_the_ring_even_if_its_frame_was_encoded()
    {
        await using var fixture = await WritingFixture.StartAsync();
        fixture.Queue.TryWrite(Some.Exchange(container: "c1"));
        fixture.Queue.TryWrite(Some.Exchange(container: "c2"));
        await fixture.FlushAsync();
        using var before = new TailReading(fixture, position: 0);
        (await before.ReadAsync()).Should().HaveCount(4);

        await fixture.Scopes.DeleteAsync(LogScope.Container("p1", "c1"), CancellationToken.None);

        using var after = new TailReading(fixture, position: 0);
        (await after.ReadAsync()).Should().Equal(Ids(3, 4));
        before.Cursor.DeletedScope.Should().BeNull("it shows other containers too");
    }

    [Test]
    public async Task Publishing_wakes_a_waiting_tail()
    {
        await using var fixture = await WritingFixture.StartAsync();
        using var tail = new TailReading(fixture);
        for (var i = 1; i <= 100; i++)
        {
            var waiting = tail.Cursor.WaitAsync();
            fixture.Queue.TryWrite(Some.Event());
            await waiting;
            await fixture.FlushAsync();
            while (tail.Cursor.Position < i)
            {
                await tail.ReadAsync();
            }
        }
    }

    [Test]
    public async Task Tails_that_end_while_they_wait_are_removed()
    {
        await using var fixture = await WritingFixture.StartAsync();
        var tails = Enumerable.Range(0, 1000).Select(_ => new TailReading(fixture)).ToList();
        var waits = tails.ConvertAll(tail => tail.Cursor.WaitAsync().AsTask());

        foreach (var tail in tails.Where((_, i) => i % 2 == 0))
        {
            tail.Cursor.Wake();
            tail.Dispose();
        }

        await Task.WhenAll(waits.Where((_, i) => i % 2 == 0));
        fixture.Ring.Signal.Waiting.Should().Be(500);
        fixture.Queue.TryWrite(Some.Event());
        await Task.WhenAll(waits);
        fixture.Ring.Signal.Waiting.Should().Be(0);
    }

    [Test]
    public async Task HasTails_counts_waiting_and_reading_tails()
    {
        await using var fixture = await WritingFixture.StartAsync();
        fixture.Ring.Signal.HasTails.Should().BeFalse();

        using (new TailReading(fixture))
        {
            fixture.Ring.Signal.HasTails.Should().BeTrue();
        }

        fixture.Ring.Signal.HasTails.Should().BeFalse();
    }

    private static async Task WriteAsync(WritingFixture fixture, int exchanges)
    {
        for (var i = 0; i < exchanges; i++) fixture.Queue.TryWrite(Some.Exchange(url: $"/{i}")).Should().BeTrue();
        await fixture.FlushAsync();
    }

    private static Task PassTimeUntil(WritingFixture fixture, Func<bool> reached) => Eventually.Holds(
        () =>
        {
            if (!reached()) fixture.Time.Advance(TimeSpan.FromMilliseconds(100));
            return reached();
        },
        "the store works again");

    private static IEnumerable<string> Ids(int from, int to) => Enumerable.Range(from, to - from + 1).Select(id => Text(id));

    private static string Text(long id) => id.ToString(CultureInfo.InvariantCulture);
}
