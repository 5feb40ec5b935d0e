using FluentAssertions;
using HoodyLogs.Diagnostics;
using HoodyLogs.Tail;
using HoodyLogs.Tail.Gaps;
using HoodyLogs.Tail.Ring;
using HoodyLogs.TestSupport;
using HoodyLogs.Writing;
using HoodyLogs.Writing.Queue;
using Microsoft.Extensions.Logging;
using NUnit.Framework;

namespace HoodyLogs.Core.Tests.Writing;

/// <summary>Tests the writer while the store cannot be opened.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class StoreOpenRetryTests
{
    private readonly MessageList _log = new();
    private readonly ManualTime _time = new();
    private readonly GapHistory _losses = new();
    private readonly WriterHealth _health = new();
    private readonly LogRing _ring = new(new TailOptions().RingEntries);
    private readonly QueueOptions _bounds = new();
    private LogMetrics _metrics = null!;
    private LoggerFactory _loggers = null!;
    private GatedStore _store = null!;
    private LogQueue _queue = null!;
    private LogWriter _writer = null!;

    [SetUp]
    public void Begin() => _metrics = new LogMetrics();

    [TearDown]
    public async Task End()
    {
        await _writer.DisposeAsync();
        await _store.DisposeAsync();
        _loggers.Dispose();
        _metrics.Dispose();
        _log.Dispose();
    }

    [Test]
    public async Task B1_the_host_starts_without_the_store_and_stores_queued_records_later()
    {
        Make(new LogStoreException("The disk is full."));
        _health.Problem.Should().NotBeNull();

        await _writer.StartingAsync(CancellationToken.None);

        (_health.IsOpen, _health.Problem).Should().Be((false, "The disk is full."));
        _queue.TryWrite(Some.Event("waits")).Should().BeTrue();
        _store.OpenFailure = null;
        await AdvanceUntilAsync(() => _health.IsOpen);
        await _queue.FlushAsync(CancellationToken.None);
        _health.Problem.Should().BeNull();
        (await StoredAsync()).Should().ContainSingle().Which.Data.GetProperty("message").GetString().Should().Be("waits");
        _log.Messages.Select(message => message.Level).Should().Equal(LogLevel.Error, LogLevel.Information);
    }

    [Test]
    public async Task B1_opening_is_retried_with_growing_delays_and_each_cause_is_logged_once()
    {
        Make(new IOException("The network is away."));
        await _writer.StartingAsync(CancellationToken.None);

        foreach (var delay in new[] { 100, 200, 400, 800, 1_600, 3_200, 6_400, 12_800, 25_600, 30_000, 30_000 })
        {
            var tries = _store.OpenTries;
            await WaitForDelayAsync();
            _time.Advance(TimeSpan.FromMilliseconds(delay - 1));
            _store.OpenTries.Should().Be(tries, $"{delay} ms have not passed");
            _time.Advance(TimeSpan.FromMilliseconds(1));
            await Eventually.Holds(() => _store.OpenTries == tries + 1, "the next try");
        }

        _log.Messages.Should().ContainSingle().Which.Text.Should().Contain("The network is away.");
        _store.OpenFailure = new IOException("The disk is gone.");
        await AdvanceUntilAsync(() => _log.Messages.Count == 2);
    }

    [Test]
    public async Task B1_after_the_start_every_failure_is_only_reported()
    {
        Make(new IOException("The network is away."));
        await _writer.StartingAsync(CancellationToken.None);
        _store.OpenFailure = new LogStoreException("This is not ours.") { IsMisconfiguration = true };
        await AdvanceUntilAsync(() => _health.Problem == "This is not ours.");

        _store.OpenFailure = null;

        await AdvanceUntilAsync(() => _health.IsOpen);
    }

    [Test]
    public async Task B1_drops_before_the_store_is_open_are_counted_and_reported_later()
    {
        _bounds.Capacity = 4;
        Make(new LogStoreException("The disk is full."));
        await _writer.StartingAsync(CancellationToken.None);
        for (var i = 0; i < 10; i++) _queue.TryWrite(Some.Event($"{i}")).Should().Be(i < 4);

        _store.OpenFailure = null;
        await AdvanceUntilAsync(() => _health.IsOpen);

        await Eventually.Holds(async () => (await StoredAsync()).Count == 5, "four records and the loss are stored");
        (await StoredAsync())[^1].Data.GetProperty("count").GetInt64().Should().Be(6);
    }

    [Test]
    public async Task B1_a_stop_retries_once_and_stores_queued_records()
    {
        Make(new LogStoreException("In use."));
        await _writer.StartingAsync(CancellationToken.None);
        _queue.TryWrite(Some.Event("waits"));
        _store.OpenFailure = null;

        await _writer.StoppedAsync(CancellationToken.None);

        (await StoredAsync()).Should().ContainSingle();
    }

    [Test]
    public async Task B1_a_stop_without_the_store_counts_drops_and_ends_at_once()
    {
        Make(new LogStoreException("In use."));
        await _writer.StartingAsync(CancellationToken.None);
        _queue.TryWrite(Some.Exchange());
        _queue.TryWrite(Some.Event());
        var flush = _queue.FlushAsync(CancellationToken.None);

        await _writer.StoppedAsync(CancellationToken.None);

        await flush;
        _log.Messages.Should().ContainSingle(message => message.Text.Contains("3 log entries were dropped") && message.Text.Contains("In use."));
    }

    [TestCase(true, false)]
    [TestCase(false, true)]
    public async Task B1_a_misconfiguration_or_FailFast_stops_the_start(bool isMisconfiguration, bool failFast)
    {
        Make(new LogStoreException("No.") { IsMisconfiguration = isMisconfiguration }, failFast);

        var start = () => _writer.StartingAsync(CancellationToken.None);

        (await start.Should().ThrowAsync<LogStoreException>()).WithMessage("No.");
    }

    [Test]
    public async Task B1_deleting_a_scope_fails_with_the_cause_while_the_store_is_not_open()
    {
        Make(new LogStoreException("The disk is full."));
        await _writer.StartingAsync(CancellationToken.None);

        var destroy = () => new QueuedScopeDeleter(_queue, _health).DeleteAsync(LogScope.Project("p"), CancellationToken.None);

        (await destroy.Should().ThrowAsync<LogStoreException>()).WithMessage("*not open*The disk is full.*");
    }

    [Test]
    public async Task B1_a_tail_that_starts_before_the_store_is_open_shows_later_entries()
    {
        Make(new LogStoreException("The disk is full."), firstId: 1_000);
        await _writer.StartingAsync(CancellationToken.None);
        using var stop = new CancellationTokenSource();
        var tail = new LogTail(_ring, _store, _losses, _metrics).ReadAsync(LogScope.All, LogFilter.All, cancellationToken: stop.Token).GetAsyncEnumerator();
        var first = tail.MoveNextAsync().AsTask();
        _queue.TryWrite(Some.Event("waits"));

        _store.OpenFailure = null;
        await AdvanceUntilAsync(() => _health.IsOpen);

        (await first).Should().BeTrue();
        tail.Current.Data.GetProperty("message").GetString().Should().Be("waits");
        await stop.CancelAsync();
        await tail.DisposeAsync();
    }

    [Test]
    public async Task B2_a_host_without_the_lifecycle_opens_the_store_at_StartAsync_and_drains_it_at_StopAsync()
    {
        Make(null);

        await _writer.StartAsync(CancellationToken.None);
        _health.IsOpen.Should().BeTrue();
        _queue.TryWrite(Some.Event("last"));
        await _writer.StopAsync(CancellationToken.None);

        (await StoredAsync()).Should().ContainSingle();
        _store.OpenTries.Should().Be(1);
    }

    [Test]
    public async Task B2_a_host_with_the_lifecycle_opens_the_store_once()
    {
        Make(null);

        await _writer.StartingAsync(CancellationToken.None);
        await _writer.StartAsync(CancellationToken.None);
        await _writer.StopAsync(CancellationToken.None);

        _store.OpenTries.Should().Be(1);
        _queue.TryWrite(Some.Event("after StopAsync")).Should().BeTrue();
    }

    private void Make(Exception? openFailure, bool failFast = false, long firstId = 1)
    {
        _loggers = new LoggerFactory([_log]);
        _store = new GatedStore(new ModelLogStore(_time, firstId)) { OpenFailure = openFailure };
        _queue = new LogQueue(_bounds, _time, _metrics);
        _writer = new LogWriter(_queue, _bounds, _store, _ring, _losses, _health, _metrics, _time, _loggers.CreateLogger<LogWriter>(), failFast);
    }

    /// <summary>Waits for two timers: the timer of the writer, and the retry delay.</summary>
    private Task WaitForDelayAsync() => Eventually.Holds(() => _time.WaitingTimers == 2, "the writer waits for the next try");

    private Task AdvanceUntilAsync(Func<bool> condition) => Eventually.Holds(
        () =>
        {
            if (condition()) return true;
            _time.Advance(TimeSpan.FromSeconds(30));
            return false;
        },
        "the next try");

    private async Task<IReadOnlyList<LogEntry>> StoredAsync() => await _store.ListAsync(LogScope.All, new LogQuery());
}
