using System.Buffers;
using System.Text;
using FluentAssertions;
using HoodyLogs.Storage.Sqlite;
using HoodyLogs.Tail;
using HoodyLogs.Tail.Gaps;
using HoodyLogs.Tail.Ring;
using HoodyLogs.TestSupport;
using Microsoft.Extensions.Logging;
using NUnit.Framework;

namespace HoodyLogs.Core.Tests.Storage.Sqlite;

/// <summary>Tails that read a damaged row.</summary>
public sealed class DamagedRowTailTests : SqliteStoreTest
{
    private const string One = """{"from":#,"to":#,"count":1,"reason":"damaged"}""";

    [TestCase("x''", "5")]
    [TestCase("substr(data, 1, 20)", "5")]
    [TestCase("x''", "1")]
    [TestCase("x''", "9")]
    [TestCase("x''", "1, 3, 5, 7, 9")]
    public async Task T7_a_damaged_row_is_reported_as_a_gap_and_all_other_entries_are_returned_once(string damaged, string rows)
    {
        await using var store = await OpenAsync();
        await AppendMany(store, 5);
        Sql($"UPDATE records SET data = CAST({damaged} AS BLOB) WHERE id IN ({rows})");
        var bad = rows.Split(", ").Select(long.Parse).SelectMany(id => new[] { id, id + 1 }).ToHashSet();
        foreach (var filter in new[] { LogFilter.All, new LogFilter { Statuses = [new StatusRange(100, 599)] } })
        {
            var frames = await ReadAsync(store, filter, position: 0);
            frames.Where(frame => !frame.StartsWith('{')).Should().Equal(
                Enumerable.Range(1, 10).Where(id => !bad.Contains(id)).Select(id => $"{id}"), "with {0}", filter);
            if (filter == LogFilter.All) frames.Where(frame => frame.StartsWith('{')).Should().Equal(bad.Order().Select(id => One.Replace("#", $"{id}")));
        }
    }

    [Test]
    public async Task A_damaged_row_is_logged_once()
    {
        var log = new MessageList();
        using var factory = new LoggerFactory([log]);
        await using var store = await OpenAsync(factory.CreateLogger<SqliteLogStore>());
        await AppendMany(store, 5);
        Sql("UPDATE records SET data = x'' WHERE id IN (3, 7)");
        for (var i = 0; i < 3; i++) await ReadAsync(store, LogFilter.All, position: 0);
        log.Messages.Select(message => message.Text[..5]).Should().Equal("Row 3", "Row 7");
    }

    [Test]
    public async Task T4_a_tail_that_resumes_at_the_position_of_the_gap_continues_after_it()
    {
        await using var store = await OpenAsync();
        await AppendMany(store, 5);
        Sql("UPDATE records SET data = x'' WHERE id = 5");
        (await ReadAsync(store, LogFilter.All, position: 5)).Should().Equal(One.Replace("#", "6"), "7", "8", "9", "10");
        (await ReadAsync(store, LogFilter.All, position: 6)).Should().Equal("7", "8", "9", "10");
    }

    [Test]
    public async Task T7_retention_can_pass_the_damaged_row_before_the_tail_does()
    {
        Settings = Settings with { SegmentRows = 4 };
        await using var store = await OpenAsync();
        await AppendMany(store, 12);
        Sql("UPDATE records SET data = x'' WHERE id = 5");
        var ring = RingOf(store);
        var buffer = new ArrayBufferWriter<byte>();
        var sink = new FrameSink(buffer, ring.Encoder, LogScope.All);
        using var cursor = new TailCursor(ring, store, new GapHistory(), LogScope.All, LogFilter.All, position: 0);
        (await cursor.ReadAsync(sink, CancellationToken.None)).Should().BeTrue();
        cursor.Position.Should().Be(4);

        Retention.MaxEntries = 8;
        await MaintainAll(store);
        store.FirstVisibleId.Should().BeGreaterThan(6);
        do sink.Flushed();
        while (await cursor.ReadAsync(sink, CancellationToken.None));
        cursor.Position.Should().Be(24);
        var frames = Encoding.UTF8.GetString(buffer.WrittenSpan);
        frames.Split("event: gap").Should().HaveCount(2);
        frames.Should().Contain($$"""{"from":5,"to":{{store.FirstVisibleId - 1}},"count":null,"reason":"retention"}""");
    }

    [Test]
    public async Task T3_a_new_tail_for_the_last_entries_begins_after_the_damaged_row()
    {
        await using var store = await OpenAsync();
        await AppendMany(store, 5);
        Sql("UPDATE records SET data = x'' WHERE id = 5");
        var ring = RingOf(store);
        (await StartAsync(null, 4)).Should().Be(6);
        (await StartAsync(null, 8)).Should().BeOneOf(4, 5);
        (await StartAsync(4, 0)).Should().Be(4);

        async Task<long> StartAsync(long? lastId, int tail) =>
            (await TailStartPosition.FindAsync(lastId, tail, ring, store, LogScope.All, LogFilter.All, CancellationToken.None)).Position;
    }

    [Test]
    public async Task T5_a_tail_that_resumes_from_before_the_start_gets_the_gap()
    {
        await using (var before = await OpenAsync()) await AppendMany(before, 5);
        await using var store = await OpenAsync();
        Sql("UPDATE records SET data = x'' WHERE id = 9");
        var start = await TailStartPosition.FindAsync(8, 0, RingOf(store), store, LogScope.All, LogFilter.All, CancellationToken.None);
        (start.Position, start.IsReset).Should().Be((8, true));
    }

    private static LogRing RingOf(SqliteLogStore store)
    {
        var ring = new LogRing(new TailOptions().RingEntries);
        ring.Start(store.LastId);
        return ring;
    }

    /// <summary>Reads to the end. Returns the ids of entries and the data of gaps.</summary>
    private static async Task<List<string>> ReadAsync(SqliteLogStore store, LogFilter filter, long position)
    {
        var buffer = new ArrayBufferWriter<byte>();
        var ring = RingOf(store);
        var sink = new FrameSink(buffer, ring.Encoder, LogScope.All);
        using var cursor = new TailCursor(ring, store, new GapHistory(), LogScope.All, filter, position);
        do sink.Flushed();
        while (await cursor.ReadAsync(sink, CancellationToken.None));
        return [.. Encoding.UTF8.GetString(buffer.WrittenSpan).Split("\n\n", StringSplitOptions.RemoveEmptyEntries).Select(frame =>
        {
            var lines = frame.Split('\n');
            return lines[1].StartsWith("event: gap", StringComparison.Ordinal) ? lines[2][6..] : lines[0][4..];
        })];
    }
}
