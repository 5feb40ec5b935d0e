using System.Threading.Tasks.Sources;

namespace HoodyLogs.Tail;

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
