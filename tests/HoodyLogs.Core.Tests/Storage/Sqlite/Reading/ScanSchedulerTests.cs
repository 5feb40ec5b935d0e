using FluentAssertions;
using HoodyLogs.Storage.Sqlite.Reading;
using HoodyLogs.TestSupport;
using NUnit.Framework;

namespace HoodyLogs.Core.Tests.Storage.Sqlite.Reading;

/// <summary>Scans run on a few dedicated threads, and scopes take turns.</summary>
public sealed class ScanSchedulerTests
{
    private static readonly LogScope Greedy = LogScope.Project("greedy");
    private static readonly LogScope Modest = LogScope.Project("modest");

    [Test]
    public async Task A_hundred_scans_use_two_threads_and_no_pool_thread()
    {
        using var scheduler = new ScanScheduler(2);
        scheduler.Threads.Should().Be(0, "threads start on demand");
        var (running, most, onPool) = (0, 0, false);
        var reads = Enumerable.Range(0, 100).Select(i => scheduler.RunAsync(
            Greedy,
            _ =>
            {
                var now = Interlocked.Increment(ref running);
                lock (scheduler) most = Math.Max(most, now);
                onPool |= Thread.CurrentThread.IsThreadPoolThread;
                Thread.Yield();
                Interlocked.Decrement(ref running);
                return i;
            },
            CancellationToken.None)).ToArray();

        (await Task.WhenAll(reads)).Should().Equal(Enumerable.Range(0, 100));
        most.Should().BeLessThanOrEqualTo(2);
        scheduler.Threads.Should().BeLessThanOrEqualTo(2);
        onPool.Should().BeFalse();
    }

    [Test]
    public async Task A_scope_that_queues_many_scans_does_not_delay_another_scope()
    {
        using var scheduler = new ScanScheduler(1);
        using var gate = new ManualResetEventSlim();
        var order = new List<string>();
        var first = scheduler.RunAsync(Greedy, _ => Note("first", gate.Wait), CancellationToken.None);
        await Eventually.Holds(() => scheduler.Queued == 0, "the first one runs");
        var greedy = Enumerable.Range(0, 50).Select(_ => scheduler.RunAsync(Greedy, _ => Note("greedy"), CancellationToken.None)).ToArray();
        var modest = Enumerable.Range(0, 2).Select(_ => scheduler.RunAsync(Modest, _ => Note("modest"), CancellationToken.None)).ToArray();
        gate.Set();
        await Task.WhenAll([first, .. greedy, .. modest]);

        order.Take(6).Should().Equal("first", "greedy", "modest", "greedy", "modest", "greedy");

        bool Note(string what, Action? wait = null)
        {
            wait?.Invoke();
            order.Add(what);
            return true;
        }
    }

    [Test]
    public async Task A_cancelled_scan_leaves_the_queue_at_once_and_a_running_scan_observes_its_token()
    {
        using var scheduler = new ScanScheduler(1);
        using var running = new CancellationTokenSource();
        using var waiting = new CancellationTokenSource();
        var begun = new TaskCompletionSource();
        var first = scheduler.RunAsync(Greedy, token => Spin(begun, token), running.Token);
        await begun.Task;
        var second = scheduler.RunAsync(Greedy, _ => true, waiting.Token);
        var third = scheduler.RunAsync(Modest, _ => true, CancellationToken.None);
        waiting.Cancel();
        scheduler.Queued.Should().Be(1);
        await second.Invoking(read => read).Should().ThrowAsync<OperationCanceledException>();
        running.Cancel();
        await first.Invoking(read => read).Should().ThrowAsync<OperationCanceledException>();
        (await third).Should().BeTrue("the thread goes on");
        scheduler.Queued.Should().Be(0);
    }

    [Test]
    public async Task Closing_cancels_running_scans_fails_queued_scans_and_ends_all_threads()
    {
        var scheduler = new ScanScheduler(1);
        var begun = new TaskCompletionSource();
        Thread? thread = null;
        var first = scheduler.RunAsync(
            Greedy,
            token =>
            {
                thread = Thread.CurrentThread;
                return Spin(begun, token);
            },
            CancellationToken.None);
        await begun.Task;
        var second = scheduler.RunAsync(Modest, _ => true, CancellationToken.None);
        scheduler.Dispose();

        await Eventually.Holds(() => !thread!.IsAlive, "the thread ends");
        foreach (var read in new[] { first, second, scheduler.RunAsync(Modest, _ => true, CancellationToken.None) })
        {
            await read.Invoking(read => read).Should().ThrowAsync<LogStoreException>().WithMessage("The log store is closed.");
        }
    }

    [Test]
    public async Task A_failed_scan_throws_to_its_caller_and_the_thread_continues()
    {
        using var scheduler = new ScanScheduler(1);
        var failing = scheduler.RunAsync<bool>(Greedy, _ => throw new LogStoreException("broken"), CancellationToken.None);
        await failing.Invoking(read => read).Should().ThrowAsync<LogStoreException>().WithMessage("broken");
        (await scheduler.RunAsync(Greedy, _ => true, CancellationToken.None)).Should().BeTrue();
        scheduler.Threads.Should().Be(1);
    }

    private static bool Spin(TaskCompletionSource begun, CancellationToken token)
    {
        begun.TrySetResult();
        while (true)
        {
            token.ThrowIfCancellationRequested();
            Thread.Yield();
        }
    }
}
