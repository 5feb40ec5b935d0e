using FluentAssertions;
using HoodyLogs.Core.Tests.Writing;
using HoodyLogs.Diagnostics;
using HoodyLogs.Tail;
using HoodyLogs.TestSupport;
using NUnit.Framework;

namespace HoodyLogs.Core.Tests.Tail;

public sealed class LogTailTests
{
    [Test]
    public async Task Returns_stored_entries_after_a_position_and_then_new_ones_until_the_host_stops()
    {
        await using var fixture = await WritingFixture.StartAsync(tail: new TailOptions { RingEntries = 16 });
        using var metrics = new LogMetrics();
        var tail = new LogTail(fixture.Ring, fixture.Model, fixture.GapHistory, metrics);
        for (var i = 0; i < 50; i++) fixture.Queue.TryWrite(Some.Exchange(url: $"/{i}"));
        await fixture.FlushAsync();

        var reading = ReadAllAsync(tail.ReadAsync(LogScope.All, LogFilter.All, afterId: 2));
        for (var i = 50; i < 100; i++) fixture.Queue.TryWrite(Some.Exchange(url: $"/{i}"));
        await fixture.Writer.StoppedAsync(CancellationToken.None);

        (await reading).Should().BeEquivalentTo((await fixture.StoredAsync()).Skip(2), options => options.WithStrictOrdering().Excluding(entry => entry.Data));
    }

    [Test]
    public async Task Starts_with_new_entries_and_applies_filter_and_scope()
    {
        await using var fixture = await WritingFixture.StartAsync();
        using var metrics = new LogMetrics();
        var tail = new LogTail(fixture.Ring, fixture.Model, fixture.GapHistory, metrics);
        fixture.Queue.TryWrite(Some.Exchange(url: "/before"));
        await fixture.FlushAsync();

        await using var reading = tail.ReadAsync(LogScope.Project("p1"), new LogFilter { Kinds = [EntryKind.Response] }).GetAsyncEnumerator();
        var next = reading.MoveNextAsync().AsTask();
        fixture.Queue.TryWrite(Some.Exchange(project: "p2", url: "/foreign"));
        fixture.Queue.TryWrite(Some.Exchange(url: "/own"));

        (await next).Should().BeTrue();
        reading.Current.Url.Should().Be("/own");
        reading.Current.Kind.Should().Be(EntryKind.Response);
    }

    [Test]
    public async Task Cancellation_ends_the_enumeration()
    {
        await using var fixture = await WritingFixture.StartAsync();
        using var metrics = new LogMetrics();
        var tail = new LogTail(fixture.Ring, fixture.Model, fixture.GapHistory, metrics);
        using var cancellation = new CancellationTokenSource();

        var reading = ReadAllAsync(tail.ReadAsync(LogScope.All, LogFilter.All, cancellationToken: cancellation.Token));
        await cancellation.CancelAsync();

        (await reading).Should().BeEmpty();
        fixture.Ring.Signal.Waiting.Should().Be(0);
    }

    private static async Task<List<LogEntry>> ReadAllAsync(IAsyncEnumerable<LogEntry> entries)
    {
        var all = new List<LogEntry>();
        await foreach (var entry in entries) all.Add(entry);
        return all;
    }
}
