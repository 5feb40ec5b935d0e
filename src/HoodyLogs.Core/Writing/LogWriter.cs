using HoodyLogs.Diagnostics;
using HoodyLogs.Tail.Gaps;
using HoodyLogs.Tail.Ring;
using HoodyLogs.Writing.Queue;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace HoodyLogs.Writing;

/// <summary>
/// The one writer: drains the queue into the store, in batches of all that waits. The store is opened before any server listens, or later if there
/// is trouble (<see cref="StoreOpenRetry"/>), and what was accepted before the last server stopped is still written.
/// </summary>
/// <remarks>
/// It has a thread of its own, and blocks it: a commit may wait for the disk, and on a thread of the pool whatever requests wait behind it there
/// would wait too.
/// </remarks>
internal sealed class LogWriter : IHostedLifecycleService, IAsyncDisposable
{
    /// <summary>The host's own budget may be used up by one hung request, which hands everybody an already cancelled token.</summary>
    internal static readonly TimeSpan DrainBudget = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan MaintenanceInterval = TimeSpan.FromSeconds(1);

    /// <summary>In which the next batch gathers, since a commit and the waking for it cost as much as hundreds of records. Readers end it.</summary>
    private static readonly TimeSpan BatchDelay = TimeSpan.FromMilliseconds(100);

    /// <summary>The same while somebody follows a live tail.</summary>
    private static readonly TimeSpan WatchedBatchDelay = TimeSpan.FromMilliseconds(4);

    /// <summary>A queue for fewer records has no room to rest.</summary>
    private const int MinCapacityForDelay = 16_384;

    private readonly LogQueue _queue;
    private readonly ILogStore _store;
    private readonly LogRing _ring;
    private readonly DropReporter _report;
    private readonly BatchCommitter _committer;
    private readonly StoreOpenRetry _opening;
    private readonly TimeProvider _time;
    private readonly ILogger<LogWriter> _logger;
    private readonly bool _delaysBatches;
    private readonly bool _waits;
    private readonly WriterHealth _health;
    private readonly LogMetrics _metrics;
    private readonly List<LogRecord> _batch = [];
    private readonly List<FlushRequest> _flushes = [];
    private readonly CancellationTokenSource _stopping = new();
    private readonly CancellationTokenSource _abandoned = new();
    private ITimer? _timer;
    private ITimer? _endOfWaits;
    private Task? _loop;
    private TimeSpan _period = MaintenanceInterval;
    private bool _maintenanceFailed;
    private bool _moreToMaintain;
    private bool _queueIsEmpty;
    private WriterRequest? _request;
    private bool _hasLifecycle;

    public LogWriter(
        LogQueue queue, QueueOptions bounds, ILogStore store, LogRing ring, GapHistory losses, WriterHealth health, LogMetrics metrics,
        TimeProvider time, ILogger<LogWriter> logger, bool failFast = false)
    {
        _queue = queue;
        _store = store;
        _ring = ring;
        _time = time;
        _logger = logger;
        (_health, _metrics, _waits) = (health, metrics, bounds.WhenFull == QueueFullMode.Wait);
        _delaysBatches = bounds.Capacity >= MinCapacityForDelay;
        _report = new DropReporter(losses, time, logger);
        _committer = new BatchCommitter(store, ring, _report, bounds, health, metrics, time, logger);
        _opening = new StoreOpenRetry(store, ring, health, metrics, failFast, time, logger);
    }

    public Task StartingAsync(CancellationToken cancellationToken)
    {
        _hasLifecycle = true;
        return BeginAsync(cancellationToken);
    }

    /// <summary>Begins here in a host that knows nothing of <see cref="IHostedLifecycleService"/>.</summary>
    public Task StartAsync(CancellationToken cancellationToken) => _hasLifecycle ? Task.CompletedTask : BeginAsync(cancellationToken);

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Lets requests wait for the store no longer than the budget, since the servers stop only when these requests have ended.</summary>
    public Task StoppingAsync(CancellationToken cancellationToken)
    {
        if (_waits) _endOfWaits = _time.CreateTimer(_ => _queue.CancelWaits(), null, DrainBudget, Timeout.InfiniteTimeSpan);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => _hasLifecycle ? Task.CompletedTask : StoppedAsync(cancellationToken);

    /// <summary>Ends the writer when every server has stopped. Heeds its own budget alone.</summary>
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
            CountWhatIsLeft();
            if (_queue.DroppedAfterClose > 0) WriterMessages.DroppedAfterStop(_logger, _queue.DroppedAfterClose);
        }
        finally
        {
            _queue.WriterEnded();
            _ring.Complete();
        }
    }

    /// <summary>Ends the writer where the host was disposed of without being stopped.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_abandoned.IsCancellationRequested && _loop is { IsCompleted: false }) await StoppedAsync(CancellationToken.None).ConfigureAwait(false);
        if (_timer is not null) await _timer.DisposeAsync().ConfigureAwait(false);
        if (_endOfWaits is not null) await _endOfWaits.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Counts as lost what the writer has not stored. A write that still runs may store its part all the same.</summary>
    private void CountWhatIsLeft()
    {
        var (queued, unstored) = (_queue.Abandon(), _committer.UnstoredEntries);
        if (queued + unstored == 0) return;
        _metrics.Dropped(queued + unstored, DropReason.Stopped);
        WriterMessages.DrainIncomplete(_logger, queued + unstored, DrainBudget, queued, unstored, _health.Problem ?? "a write still runs");
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
        if (!Block(_opening.WaitAsync(_stopping.Token)))
        {
            _opening.DropAll(_queue);
            _queue.WriterEnded();
            return;
        }

        while (Block(_queue.WaitAsync()) && !_abandoned.IsCancellationRequested)
        {
            try
            {
                _queue.ResetWake();
                Block(TurnAsync());
                if (_delaysBatches && _queueIsEmpty) _queue.WaitForBatch(_ring.Signal.HasTails ? WatchedBatchDelay : BatchDelay);
            }
            catch (Exception fault)
            {
                if (_request is not WakeRequest) _request?.Fail(new LogStoreException("The log writer met an unexpected error.", fault));
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
            // A logging provider of the host failed. The writer goes on.
        }
    }

    private void End()
    {
        try
        {
            if (!_abandoned.IsCancellationRequested) Block(StoreRemainingAsync());
        }
        catch (Exception fault)
        {
            Report(fault);
        }

        CompleteRemaining();
    }

    private async ValueTask TurnAsync()
    {
        TakeBatch();
        await CommitBatchAsync().ConfigureAwait(false);
        if (_request is FlushRequest flush) AddFlush(flush);
        CompleteFlushes();
        if (_request is DeleteScopeRequest destroy) await DeleteScopeAsync(destroy).ConfigureAwait(false);
        if (_request is WakeRequest || _moreToMaintain) await MaintainAsync().ConfigureAwait(false);
        SetTimer();
    }

    private async ValueTask CommitBatchAsync()
    {
        var wasHolding = _committer.RetryCount > 0;
        try
        {
            await _committer.AddAsync(_batch).ConfigureAwait(false);
        }
        finally
        {
            // The feed has taken on all of it, whatever happened.
            _batch.Clear();
            if (_waits && wasHolding && _committer.RetryCount == 0) _queue.ReleaseCapacity();
            _queue.SetHandled();
        }
    }

    /// <summary>Takes all that waits, up to the limits of a batch or to the next request.</summary>
    private void TakeBatch()
    {
        _request = null;
        _report.Dropped(_queue.TakeDrops());
        var limits = new BatchLimits();
        _queueIsEmpty = false;
        do
        {
            if (_report.HasPending) _report.AddEventsTo(_batch, _queue.Taken, _ring.Position);
            if (limits.IsFull || !_queue.TryTake(out var item))
            {
                _queueIsEmpty = !limits.IsFull;
                break;
            }

            _request = item as WriterRequest;
            if (item is not LogRecord record) continue;
            limits.TryAdd(record);
            _batch.Add(record);
        }
        while (_request is null);

        // While the store works, the next batch gathers during the write of this one.
        if (!_waits || _committer.RetryCount == 0) _queue.ReleaseCapacity();
    }

    private void AddFlush(FlushRequest flush)
    {
        flush.After = _committer.Added;
        _flushes.Add(flush);
    }

    private void CompleteFlushes()
    {
        if (_flushes.Count == 0) return;
        foreach (var flush in _flushes)
        {
            if (flush.After <= _committer.Done) flush.Complete();
        }

        _flushes.RemoveAll(flush => flush.After <= _committer.Done);
    }

    private async ValueTask DeleteScopeAsync(DeleteScopeRequest request)
    {
        try
        {
            if (_committer.RetryCount > 0) throw new LogStoreException($"The scope {request.Scope} cannot be destroyed while the log store fails.");
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

    /// <summary>Maintains the store, in small steps for as long as nothing waits to be written, else one step between two batches.</summary>
    private async ValueTask MaintainAsync()
    {
        try
        {
            do _moreToMaintain = await _store.MaintainAsync(CancellationToken.None).ConfigureAwait(false);
            while (_moreToMaintain && _queue.IsIdle);
            _maintenanceFailed = false;
        }
        catch (Exception failure)
        {
            if (!_maintenanceFailed) WriterMessages.MaintenanceFailed(_logger, failure);
            _maintenanceFailed = true;
            _moreToMaintain = false;
        }
    }

    /// <summary>Wakes up in time for the next try while the store fails, else for the next maintenance.</summary>
    private void SetTimer()
    {
        var delay = _committer.Delay;
        var period = delay == TimeSpan.Zero || delay > MaintenanceInterval ? MaintenanceInterval : delay;
        if (period == _period) return;
        _period = period;
        _timer?.Change(period, period);
    }

    /// <summary>Tries again what is held back when the queue has ended, until it is stored or the budget is over.</summary>
    private async ValueTask StoreRemainingAsync()
    {
        _report.Dropped(_queue.TakeDrops());
        if (_report.HasPending) _report.AddEventsTo(_batch, _queue.Taken, _ring.Position, isLast: true);
        await CommitBatchAsync().ConfigureAwait(false);
        while (_committer.RetryCount > 0 && !_abandoned.IsCancellationRequested)
        {
            await Task.Delay(_committer.Delay, _time, _abandoned.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await CommitBatchAsync().ConfigureAwait(false);
        }
    }

    private void CompleteRemaining()
    {
        foreach (var flush in _flushes) flush.Complete();
        _queue.WriterEnded();
    }

    // Both for the writer's own thread alone, which has nothing else to do meanwhile.
    private static T Block<T>(ValueTask<T> task) => WaitWithoutSpinning(task.AsTask()).GetAwaiter().GetResult();

    private static void Block(ValueTask task) => WaitWithoutSpinning(task.AsTask()).GetAwaiter().GetResult();

    /// <summary>Waits without spinning first, as <see cref="Task.Wait()"/> does; see <see cref="WakeEvent"/>.</summary>
    private static TTask WaitWithoutSpinning<TTask>(TTask task)
        where TTask : Task
    {
        if (task.IsCompleted) return task;
        var ended = new WakeEvent();
        task.GetAwaiter().UnsafeOnCompleted(ended.Set);
        ended.Wait(Timeout.InfiniteTimeSpan);
        return task;
    }
}
