using System.Buffers;
using System.Threading.Tasks.Sources;

namespace HoodyLogs.Tail.Ring;

/// <summary>
/// Wakes the tails that wait. Raising it costs the writer next to nothing, however many wait: a thread of the pool wakes them, in rounds
/// that collect what was raised meanwhile.
/// </summary>
/// <remarks>
/// Rounds keep a distance that grows with the number of tails, since waking one costs microseconds: under load a tail then finds several
/// batches and flushes once. The first raise after a silence starts a round at once.
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

    /// <summary>How many wait.</summary>
    public int Waiting => Volatile.Read(ref _count);

    /// <summary>Whether there is a tail, waiting or not.</summary>
    public bool HasTails => Volatile.Read(ref _openTails) > 0;

    public void TailOpened() => Interlocked.Increment(ref _openTails);

    public void TailClosed(TailWaiter waiter)
    {
        lock (_lock) Remove(waiter);
        Interlocked.Decrement(ref _openTails);
    }

    /// <summary>Wakes all who wait now.</summary>
    public void Raise()
    {
        // Orders what was published before the look at who waits; the other side adds itself under the lock before it looks at what is published.
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _count) == 0 || Interlocked.Exchange(ref _raised, 1) != 0) return;
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    /// <summary>Adds a waiter, who looks at what is published afterwards and before it waits.</summary>
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

    // The interface of the pool returns nothing, and nobody waits for a round: async void says so without an object a round.
    async void IThreadPoolWorkItem.Execute()
    {
        // This paces machine work and is no part of what a test may see, so it goes by the system's clock whatever clock the library was given.
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
/// What one tail waits on: a wake from anywhere ends the wait, or the next one where none is on. One tail waits, anybody wakes; wakes
/// that come together count once. Nothing is allocated a wait.
/// </summary>
internal sealed class TailWaiter : IValueTaskSource
{
    private const int Idle = 0;
    private const int Waiting = 1;
    private const int Woken = 2;

    private ManualResetValueTaskSourceCore<bool> _core = new() { RunContinuationsAsynchronously = true };
    private int _state;

    /// <summary>Whether it is in the signal's list; this and the links belong to <see cref="TailSignal"/>.</summary>
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
