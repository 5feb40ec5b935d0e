using HoodyLogs.Diagnostics;
using HoodyLogs.Tail.Gaps;
using HoodyLogs.Tail.Ring;
using HoodyLogs.Writing.Queue;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace HoodyLogs.Writing;

/// <summary>
/// The background service that writes queued records to the store in batches. It opens the store before the server listens. If that fails,
/// <see cref="StoreOpenRetry"/> opens it later. Records that are accepted before the last server stops are still written.
/// </summary>
/// <remarks>
/// The writer blocks its own thread. A commit can wait for the disk, and on a thread-pool thread it would delay requests.
/// </remarks>
internal sealed class LogWriter : IHostedLifecycleService, IAsyncDisposable
{
    /// <summary>The writer has its own budget, because one hung request can use up that of the host, which then passes a canceled token.</summary>
    internal static readonly TimeSpan DrainBudget = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan MaintenanceInterval = TimeSpan.FromSeconds(1);

    /// <summary>How long the next batch collects records. A commit and a wake-up cost as much as hundreds of records. A read ends the delay.</summary>
    private static readonly TimeSpan BatchDelay = TimeSpan.FromMilliseconds(100);

    /// <summary>The delay while a live tail is open.</summary>
    private static readonly TimeSpan WatchedBatchDelay = TimeSpan.FromMilliseconds(4);

    /// <summary>A smaller queue could fill up during the delay.</summary>
    private const int MinCapacityForDelay = 16_384;

    private readonly LogQueue _queue;
    private readonly ILogStore _store;
    private readonly LogRing _ring;
    private readonly BatchCommitter _committer;
    private readonly StoreOpenRetry _opening;
    private readonly TimeProvider _time;
    private readonly ILogger<LogWriter> _logger;
    private readonly bool _delaysBatches;
    private readonly bool _waits;
    private readonly WriterHealth _health;
    private readonly LogMetrics _metrics;
    private readonly BatchReader _batch;
    private readonly PendingFlushes _flushes;
    private readonly StoreMaintenance _maintenance;
    private readonly CancellationTokenSource _stopping = new();
    private readonly CancellationTokenSource _abandoned = new();
    private ITimer? _timer;
    private ITimer? _endOfWaits;
    private Task? _loop;
    private TimeSpan _period = MaintenanceInterval;
    private bool _hasLifecycle;

    public LogWriter(
        LogQueue queue, QueueOptions bounds, ILogStore store, LogRing ring, GapHistory gaps, WriterHealth health, LogMetrics metrics,
        TimeProvider time, ILogger<LogWriter> logger, bool failFast = false)
    {
        _queue = queue;
        _store = store;
        _ring = ring;
        _time = time;
        _logger = logger;
        (_health, _metrics, _waits) = (health, metrics, bounds.WhenFull == QueueFullMode.Wait);
        _delaysBatches = bounds.Capacity >= MinCapacityForDelay;
        var report = new DropReporter(gaps, time, logger);
        _committer = new BatchCommitter(store, ring, report, bounds, health, metrics, time, logger);
        _batch = new BatchReader(queue, report, ring);
        _flushes = new PendingFlushes(_committer);
        _maintenance = new StoreMaintenance(store, queue, logger);
        _opening = new StoreOpenRetry(store, ring, health, metrics, failFast, time, logger);
    }

    public Task StartingAsync(CancellationToken cancellationToken)
    {
        _hasLifecycle = true;
        return BeginAsync(cancellationToken);
    }

    /// <summary>Starts the writer in a host that does not call <see cref="IHostedLifecycleService"/>.</summary>
    public Task StartAsync(CancellationToken cancellationToken) => _hasLifecycle ? Task.CompletedTask : BeginAsync(cancellationToken);

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Limits how long requests wait for the store. The servers stop only after these requests have ended.</summary>
    public Task StoppingAsync(CancellationToken cancellationToken)
    {
        if (_waits) _endOfWaits = _time.CreateTimer(_ => _queue.CancelWaits(), null, DrainBudget, Timeout.InfiniteTimeSpan);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => _hasLifecycle ? Task.CompletedTask : StoppedAsync(cancellationToken);

    /// <summary>Stops the writer after every server has stopped. Only its own budget limits it.</summary>
    public async Task StoppedAsync(CancellationToken cancellationToken)
    {
        _queue.Close();
        await _stopping.CancelAsync().ConfigureAwait(false);
        if (_loop is not { } loop)
        {
            _opening.DropAll(_queue);
            _queue.WriterEnded();
            _ring.Complete();
            return;
        }

        try
        {
            await loop.WaitAsync(DrainBudget, _time, CancellationToken.None).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            await _abandoned.CancelAsync().ConfigureAwait(false);
        }
        catch (Exception fault)
        {
            Report(fault);
        }

        try
        {
            CountRemaining();
            if (_queue.DroppedAfterClose > 0) WriterMessages.DroppedAfterStop(_logger, _queue.DroppedAfterClose);
        }
        finally
        {
            _queue.WriterEnded();
            _ring.Complete();
        }
    }

    /// <summary>Stops the writer in a host that is disposed without being stopped.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_abandoned.IsCancellationRequested && _loop is { IsCompleted: false }) await StoppedAsync(CancellationToken.None).ConfigureAwait(false);
        if (_timer is not null) await _timer.DisposeAsync().ConfigureAwait(false);
        if (_endOfWaits is not null) await _endOfWaits.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Counts the records that the writer has not stored as dropped. A commit that is still running can store some of them.</summary>
    private void CountRemaining()
    {
        var (queued, unstored) = (_queue.Abandon(), _committer.UnstoredEntries);
        if (queued + unstored == 0) return;
        _metrics.Dropped(queued + unstored, DropReason.Stopped);
        WriterMessages.DrainIncomplete(_logger, queued + unstored, DrainBudget, queued, unstored, _health.Problem ?? "A commit is still running.");
    }

    private async Task BeginAsync(CancellationToken cancellationToken)
    {
        if (OpenApiGeneration.IsRunning)
        {
            _queue.Close();
            _queue.WriterEnded();
            return;
        }

        await _opening.StartAsync(cancellationToken).ConfigureAwait(false);
        _timer = _time.CreateTimer(_ => _queue.WakeWriter(), null, _period, _period);
        _loop = Task.Factory.StartNew(Run, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    private void Run()
    {
        Thread.CurrentThread.Name = "HoodyLogs writer";
        if (!BlockingWait.For(_opening.WaitAsync(_stopping.Token)))
        {
            _opening.DropAll(_queue);
            _queue.WriterEnded();
            return;
        }

        while (BlockingWait.For(_queue.WaitAsync()) && !_abandoned.IsCancellationRequested)
        {
            try
            {
                _queue.ResetWake();
                BlockingWait.For(TurnAsync());
                if (_delaysBatches && _batch.HasEmptiedQueue) _queue.WaitForBatch(_ring.Signal.HasTails ? WatchedBatchDelay : BatchDelay);
            }
            catch (Exception fault)
            {
                if (_batch.Request is not WakeRequest) _batch.Request?.Fail(new LogStoreException("The log writer had an unexpected error.", fault));
                Report(fault);
            }
        }

        End();
    }

    private void Report(Exception fault)
    {
        try
        {
            WriterMessages.WriterFault(_logger, fault);
        }
        catch (Exception)
        {
            // A logging provider of the host failed. The writer continues.
        }
    }

    private void End()
    {
        try
        {
            if (!_abandoned.IsCancellationRequested) BlockingWait.For(StoreRemainingAsync());
        }
        catch (Exception fault)
        {
            Report(fault);
        }

        CompleteRemaining();
    }

    private async ValueTask TurnAsync()
    {
        _batch.Read();

        // While the store works, the next batch collects records during this commit.
        if (!_waits || _committer.RetryCount == 0) _queue.ReleaseCapacity();
        await CommitBatchAsync().ConfigureAwait(false);
        if (_batch.Request is FlushRequest flush) _flushes.Add(flush);
        _flushes.CompleteHandled();
        if (_batch.Request is DeleteScopeRequest deletion) await DeleteScopeAsync(deletion).ConfigureAwait(false);
        if (_batch.Request is WakeRequest || _maintenance.HasMore) await _maintenance.RunAsync().ConfigureAwait(false);
        SetTimer();
    }

    private async ValueTask CommitBatchAsync()
    {
        var wasRetrying = _committer.RetryCount > 0;
        try
        {
            await _committer.AddAsync(_batch.Records).ConfigureAwait(false);
        }
        finally
        {
            // The committer has taken the whole batch, whatever happened.
            _batch.Records.Clear();
            if (_waits && wasRetrying && _committer.RetryCount == 0) _queue.ReleaseCapacity();
            _queue.SetHandled();
        }
    }

    private async ValueTask DeleteScopeAsync(DeleteScopeRequest request)
    {
        try
        {
            if (_committer.RetryCount > 0) throw new LogStoreException($"The scope {request.Scope} cannot be deleted while the log store fails.");
            await _store.DeleteScopeAsync(request.Scope, CancellationToken.None).ConfigureAwait(false);
            _ring.DeleteScope(request.Scope);
            WriterMessages.ScopeDeleted(_logger, request.Scope.ToString());
            request.Complete();
        }
        catch (Exception failure)
        {
            request.Fail(failure);
        }
    }

    /// <summary>Sets the timer to the next retry while the store is failing, otherwise to the next maintenance.</summary>
    private void SetTimer()
    {
        var delay = _committer.Delay;
        var period = delay == TimeSpan.Zero || delay > MaintenanceInterval ? MaintenanceInterval : delay;
        if (period == _period) return;
        _period = period;
        _timer?.Change(period, period);
    }

    /// <summary>Retries the buffered records after the queue has ended, until they are stored or the budget is used up.</summary>
    private async ValueTask StoreRemainingAsync()
    {
        _batch.ReadLastDrops();
        await CommitBatchAsync().ConfigureAwait(false);
        while (_committer.RetryCount > 0 && !_abandoned.IsCancellationRequested)
        {
            await Task.Delay(_committer.Delay, _time, _abandoned.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await CommitBatchAsync().ConfigureAwait(false);
        }
    }

    private void CompleteRemaining()
    {
        _flushes.CompleteAll();
        _queue.WriterEnded();
    }
}
