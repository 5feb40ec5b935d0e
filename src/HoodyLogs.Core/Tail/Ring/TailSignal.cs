using System.Buffers;
using System.Threading.Tasks.Sources;

namespace HoodyLogs.Tail.Ring;

/// <summary>
/// Wakes waiting tails. Raising it is cheap for the writer, however many tails wait: a thread-pool thread wakes them in rounds. One round covers all
/// calls of <see cref="Raise"/> since the last one.
/// </summary>
/// <remarks>
/// The interval between rounds grows with the number of tails, because waking a tail takes microseconds. Under load a tail then finds several batches
/// and flushes once. The first call after a pause starts a round at once.
/// </remarks>
internal sealed class TailSignal : IThreadPoolWorkItem
{
    private const int MinIntervalMs = 4;
    private const int TailsPerMs = 200;

    private readonly Lock _lock = new();
    private TailWaiter? _first;
    private int _count;
    private int _raised;
    private int _openTails;
    private long _lastRound;

    /// <summary>The number of waiting tails.</summary>
    public int Waiting => Volatile.Read(ref _count);

    /// <summary>Whether any tail is open, waiting or not.</summary>
    public bool HasTails => Volatile.Read(ref _openTails) > 0;

    public void TailOpened() => Interlocked.Increment(ref _openTails);

    public void TailClosed(TailWaiter waiter)
    {
        lock (_lock) Remove(waiter);
        Interlocked.Decrement(ref _openTails);
    }

    /// <summary>Wakes all tails that are waiting now.</summary>
    public void Raise()
    {
        // The barrier orders the publication before this check. A tail registers under the lock before it checks what is published.
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _count) == 0 || Interlocked.Exchange(ref _raised, 1) != 0) return;
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    /// <summary>Registers a waiter. The waiter must check what is published after this call and before it waits.</summary>
    public void Add(TailWaiter waiter)
    {
        lock (_lock)
        {
            if (waiter.IsWaitingForSignal) return;
            waiter.IsWaitingForSignal = true;
            waiter.Next = _first;
            waiter.Previous = null;
            if (_first is not null) _first.Previous = waiter;
            _first = waiter;
            _count++;
        }
    }

    // The interface returns void and nothing awaits a round. async void avoids an allocation per round.
    async void IThreadPoolWorkItem.Execute()
    {
        // Always the system clock, even if the host provides another clock: the interval paces real work, and nobody can observe it.
        var time = TimeProvider.System;
        var distance = TimeSpan.FromMilliseconds(MinIntervalMs + (Volatile.Read(ref _count) / TailsPerMs));
        var early = distance - time.GetElapsedTime(_lastRound);
        if (early > TimeSpan.Zero) await Task.Delay(early, time).ConfigureAwait(false);
        _lastRound = time.GetTimestamp();
        Interlocked.Exchange(ref _raised, 0);
        var waiting = RemoveAll(out var count);
        for (var i = 0; i < count; i++) waiting[i].Wake();
        ArrayPool<TailWaiter>.Shared.Return(waiting, clearArray: true);
    }

    private TailWaiter[] RemoveAll(out int count)
    {
        lock (_lock)
        {
            count = _count;
            var all = ArrayPool<TailWaiter>.Shared.Rent(count);
            for (var i = 0; _first is { } waiter; i++)
            {
                all[i] = waiter;
                Remove(waiter);
            }

            return all;
        }
    }

    private void Remove(TailWaiter waiter)
    {
        if (!waiter.IsWaitingForSignal) return;
        waiter.IsWaitingForSignal = false;
        if (waiter.Previous is null) _first = waiter.Next;
        else waiter.Previous.Next = waiter.Next;
        if (waiter.Next is not null) waiter.Next.Previous = waiter.Previous;
        waiter.Next = waiter.Previous = null;
        _count--;
    }
}

/// <summary>
/// The wait of one tail. <see cref="Wake"/> ends the current wait or the next one, from any thread. Several wakes count once. A wait allocates nothing.
/// </summary>
internal sealed class TailWaiter : IValueTaskSource
{
    private const int Idle = 0;
    private const int Waiting = 1;
    private const int Woken = 2;

    private ManualResetValueTaskSourceCore<bool> _core = new() { RunContinuationsAsynchronously = true };
    private int _state;

    /// <summary>Whether it is in the list of the signal. <see cref="TailSignal"/> owns this property and the links.</summary>
    public bool IsWaitingForSignal { get; set; }

    public TailWaiter? Next { get; set; }

    public TailWaiter? Previous { get; set; }

    public void Wake()
    {
        if (Interlocked.Exchange(ref _state, Woken) == Waiting) _core.SetResult(true);
    }

    public ValueTask WaitAsync()
    {
        _core.Reset();
        if (Interlocked.CompareExchange(ref _state, Waiting, Idle) == Idle) return new ValueTask(this, _core.Version);
        Volatile.Write(ref _state, Idle);
        return ValueTask.CompletedTask;
    }

    void IValueTaskSource.GetResult(short token)
    {
        _core.GetResult(token);
        Volatile.Write(ref _state, Idle);
    }

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);
}
