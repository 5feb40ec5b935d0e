using System.Diagnostics.Metrics;
using FluentAssertions;
using HoodyLogs.TestSupport;
using HoodyLogs.Writing;
using NUnit.Framework;

namespace HoodyLogs.Core.Tests.Writing;

/// <summary>Tests what the writer keeps and counts while the store fails, hangs or throws unexpected exceptions.</summary>
[NonParallelizable] // The metric counts for the whole process.
public sealed class LogWriterFailureTests
{
    private static readonly QueueOptions Audit = new() { Capacity = 10, WhenFull = QueueFullMode.Wait };

    [Test]
    public async Task B4_with_Wait_at_most_the_limit_and_a_batch_are_accepted_while_the_store_fails_and_all_are_stored_later()
    {
        await using var fixture = await WritingFixture.StartAsync(Audit);
        fixture.Model.AppendFailure = new IOException("No space left on device");

        var writes = Enumerable.Range(0, 1000).Select(i => fixture.Queue.WriteAsync(Some.Event($"{i}"), CancellationToken.None).AsTask()).ToArray();
        for (var i = 0; i < 20; i++)
        {
            var next = fixture.Queue.Taken + 1;
            await Eventually.Holds(() => PassTime(fixture, fixture.Queue.Taken >= next), "the writer goes round");
            writes.Count(write => write.IsCompleted).Should().BeInRange(Audit.Capacity, 2 * Audit.Capacity, "a batch that was taken while the store worked comes on top");
        }

        fixture.Model.AppendFailure = null;
        await Eventually.Holds(() => PassTime(fixture, writes.All(write => write.IsCompleted)), "all are accepted");
        await fixture.FlushAsync();

        writes.Should().OnlyContain(write => write.Result);
        (await fixture.StoredAsync()).Select(Message).Should().BeEquivalentTo(Enumerable.Range(0, 1000).Select(i => $"{i}"));
    }

    [Test]
    public async Task B4_with_Wait_bytes_are_limited_too_while_the_store_fails()
    {
        await using var fixture = await WritingFixture.StartAsync(new QueueOptions { MaxBytes = 65_536, WhenFull = QueueFullMode.Wait });
        fixture.Model.AppendFailure = new IOException("No space left on device");

        var writes = Enumerable.Range(0, 100).Select(_ => fixture.Queue.WriteAsync(Large(), CancellationToken.None).AsTask()).ToArray();
        var next = fixture.Queue.Taken + 3;
        await Eventually.Holds(() => PassTime(fixture, fixture.Queue.Taken >= next), "the writer goes round");
        writes.Count(write => write.IsCompleted).Should().BeInRange(1, 12);

        fixture.Model.AppendFailure = null;
        await Eventually.Holds(() => PassTime(fixture, writes.All(write => write.IsCompleted)), "all are accepted");
        await fixture.FlushAsync();
        (await fixture.StoredAsync()).Should().HaveCount(100);
    }

    [Test]
    public async Task B4_with_Wait_log_records_of_the_host_do_not_wait()
    {
        await using var fixture = await WritingFixture.StartAsync(Audit);
        fixture.Model.AppendFailure = new IOException("No space left on device");
        for (var i = 0; i < Audit.Capacity; i++) fixture.Queue.TryWrite(Some.Event()).Should().BeTrue();

        fixture.Queue.TryWrite(Some.Event("of the host")).Should().BeFalse();
    }

    [Test]
    public async Task B4_with_Wait_an_unexpected_fault_drops_nothing()
    {
        await using var fixture = await WritingFixture.StartAsync(Audit);
        fixture.Store.OnAppend = _ => throw new InvalidOperationException("a bug");
        fixture.Queue.TryWrite(Some.Event("kept"));
        var flush = fixture.FlushAsync();
        await Eventually.Holds(() => fixture.Health.Problem is not null, "the fault is noticed");

        fixture.Store.OnAppend = null;
        await Eventually.Holds(() => PassTime(fixture, flush.IsCompleted), "the flush ends");
        (await fixture.StoredAsync()).Select(Message).Should().Equal("kept");
    }

    [Test]
    public async Task B4_a_waiting_request_ends_with_the_shutdown_budget()
    {
        using var lost = new LostEntries();
        await using var fixture = await WritingFixture.StartAsync(Audit);
        await fixture.HoldUpWriterAsync();
        for (var i = 0; i < Audit.Capacity; i++) fixture.Queue.TryWrite(Some.Event());
        var waiting = fixture.Queue.WriteAsync(Some.Event(), CancellationToken.None).AsTask();

        await fixture.Writer.StoppingAsync(CancellationToken.None);
        waiting.IsCompleted.Should().BeFalse();
        fixture.Time.Advance(LogWriter.DrainBudget);

        (await waiting).Should().BeFalse();
        lost.Of("queueFull").Should().Be(1);
        fixture.Store.Release();
        await fixture.FlushAsync();
    }

    [Test]
    public async Task B4_records_left_after_the_shutdown_budget_are_counted_and_logged()
    {
        using var lost = new LostEntries();
        await using var fixture = await WritingFixture.StartAsync(Audit);
        await fixture.HoldUpWriterAsync();
        for (var i = 0; i < Audit.Capacity; i++) fixture.Queue.TryWrite(Some.Exchange());
        var waiting = fixture.Queue.WriteAsync(Some.Event(), CancellationToken.None).AsTask();
        var flush = fixture.FlushAsync();

        var stopped = fixture.Writer.StoppedAsync(CancellationToken.None);
        fixture.Time.Advance(LogWriter.DrainBudget);
        await stopped;

        (await waiting).Should().BeFalse("it was never accepted");
        await flush;
        lost.Of("stopped").Should().Be(1 + 20 + 1, "one is being written, ten exchanges wait, one was not accepted any more");
        fixture.Log.Messages.Should().ContainSingle(message => message.Text.Contains("21 log entries were dropped", StringComparison.Ordinal))
            .Which.Text.Should().Contain("20 were queued, 1 were in the retry buffer or in a commit");
    }

    [Test]
    public async Task B4_records_left_by_a_failing_store_are_counted_and_logged_with_the_reason()
    {
        using var lost = new LostEntries();
        await using var fixture = await WritingFixture.StartAsync(Audit);
        fixture.Model.AppendFailure = new IOException("No space left on device");
        for (var i = 0; i < Audit.Capacity; i++) fixture.Queue.TryWrite(Some.Event());

        var stopped = fixture.Writer.StoppedAsync(CancellationToken.None);
        await Eventually.Holds(() => PassTime(fixture, stopped.IsCompleted), "the writer ends");

        lost.Of("stopped").Should().Be(10);
        fixture.Log.Messages.Should().ContainSingle(message => message.Text.Contains("10 log entries were dropped", StringComparison.Ordinal))
            .Which.Text.Should().Contain("The test makes the model fail.");
    }

    [Test]
    public async Task With_Drop_records_that_exceed_the_retry_buffer_are_counted()
    {
        using var lost = new LostEntries();
        await using var fixture = await WritingFixture.StartAsync(new QueueOptions { Capacity = 10 });
        fixture.Model.AppendFailure = new IOException("No space left on device");
        for (var i = 0; i < 1000; i++) fixture.Queue.TryWrite(Some.Event($"{i}"));

        fixture.Model.AppendFailure = null;
        var flush = fixture.FlushAsync();
        await Eventually.Holds(() => PassTime(fixture, flush.IsCompleted), "what was held back is stored");

        var stored = (await fixture.StoredAsync()).Count(entry => entry.Level == EntryLevel.Info);
        stored.Should().BeInRange(10, 999);
        var refused = lost.Of("queueFull");
        (stored + refused + lost.Of("storeFailing")).Should().BeInRange(1000, 1001, "the event about the refused ones may itself find no room");
    }

    [Test]
    public async Task Only_the_record_that_faults_the_store_is_dropped_and_counted()
    {
        using var lost = new LostEntries();
        await using var fixture = await WritingFixture.StartAsync();
        await fixture.HoldUpWriterAsync();
        fixture.Store.OnAppend = batch =>
        {
            if (batch.Any(record => record.Url == "/poison")) throw new InvalidOperationException("a bug");
        };
        foreach (var url in new[] { "/1", "/poison", "/2" }) fixture.Queue.TryWrite(Some.Exchange(url: url));
        fixture.Store.Release();
        await fixture.FlushAsync();
        await fixture.FlushAsync();

        (await fixture.StoredAsync()).Where(entry => entry.Kind == EntryKind.Request).Select(entry => entry.Url).Should().Equal("/1", "/2");
        lost.Of("storeFailing").Should().Be(2);
        fixture.GapHistory.Gaps.Should().ContainSingle().Which.Count.Should().Be(2);
    }

    [Test]
    public async Task A_fault_after_the_commit_repeats_and_drops_nothing()
    {
        using var lost = new LostEntries();
        await using var fixture = await WritingFixture.StartAsync();
        await fixture.HoldUpWriterAsync();
        fixture.Store.OnAppended = () =>
        {
            fixture.Store.OnAppended = null;
            throw new InvalidOperationException("a bug");
        };
        for (var i = 0; i < 3; i++) fixture.Queue.TryWrite(Some.Event($"{i}"));
        fixture.Store.Release();
        await fixture.FlushAsync();
        fixture.Queue.TryWrite(Some.Event("after"));
        await fixture.FlushAsync();

        (await fixture.StoredAsync()).Select(Message).Should().Equal("held up", "0", "1", "2", "after");
        lost.All.Should().Be(0);
        fixture.Ring.CommittedPosition.Should().Be(5);
    }

    [Test]
    public async Task A_fault_in_AssignIds_drops_nothing_and_completes_every_flush()
    {
        using var lost = new LostEntries();
        await using var fixture = await WritingFixture.StartAsync();
        fixture.Model.AppendFailure = new IOException("No space left on device");
        fixture.Store.OnNumber = () => throw new InvalidOperationException("a bug");
        fixture.Queue.TryWrite(Some.Event("kept"));
        var flush = fixture.FlushAsync();
        await Eventually.Holds(() => fixture.Log.Messages.Any(message => message.Text.Contains("unexpected error", StringComparison.Ordinal)), "the fault is logged");

        fixture.Store.OnNumber = null;
        fixture.Model.AppendFailure = null;
        var later = fixture.FlushAsync();
        await Eventually.Holds(() => PassTime(fixture, flush.IsCompleted && later.IsCompleted), "both flushes end");

        (await fixture.StoredAsync()).Select(Message).Should().Equal("kept");
        lost.All.Should().Be(0);
    }

    [Test]
    public async Task A_fault_in_maintenance_does_not_stop_the_writer()
    {
        await using var fixture = await WritingFixture.StartAsync();
        var faults = 0;
        fixture.Store.OnMaintain = () =>
        {
            Interlocked.Increment(ref faults);
            throw new InvalidOperationException("a bug");
        };
        await Eventually.Holds(() => PassTime(fixture, Volatile.Read(ref faults) > 1), "maintenance is tried again");

        fixture.Queue.TryWrite(Some.Event("after"));
        await fixture.FlushAsync();
        (await fixture.StoredAsync()).Select(Message).Should().Equal("after");
    }

    private static LogRecord Large() => Some.Event(new string('x', 10_000));

    private static string? Message(LogEntry entry) => entry.Data.GetProperty("message").GetString();

    private static bool PassTime(WritingFixture fixture, bool reached)
    {
        if (!reached) fixture.Time.Advance(TimeSpan.FromMilliseconds(100));
        return reached;
    }

    /// <summary>Counts the dropped entries in the metric.</summary>
    private sealed class LostEntries : IDisposable
    {
        private readonly MeterListener _listener = new();
        private readonly Dictionary<string, long> _lost = [];

        public LostEntries()
        {
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Name == "hoodylogs.entries.dropped") listener.EnableMeasurementEvents(instrument);
            };
            _listener.SetMeasurementEventCallback<long>((_, count, tags, _) =>
            {
                var reason = (string)tags[0].Value!;
                lock (_lost) _lost[reason] = _lost.GetValueOrDefault(reason) + count;
            });
            _listener.Start();
        }

        public long All
        {
            get
            {
                lock (_lost) return _lost.Values.Sum();
            }
        }

        public long Of(string reason)
        {
            lock (_lost) return _lost.GetValueOrDefault(reason);
        }

        public void Dispose() => _listener.Dispose();
    }
}
