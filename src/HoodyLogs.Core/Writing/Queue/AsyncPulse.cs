namespace HoodyLogs.Writing.Queue;

/// <summary>Signals all waiters that something has happened. It is cheap while nothing waits.</summary>
internal sealed class AsyncPulse
{
    private TaskCompletionSource? _next;

    /// <summary>Returns a task that completes at the next <see cref="Raise"/>. Get the task before you check the condition, so that no signal is missed.</summary>
    public Task Next()
    {
        if (Volatile.Read(ref _next) is { } next) return next.Task;
        var created = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return (Interlocked.CompareExchange(ref _next, created, null) ?? created).Task;
    }

    public void Raise()
    {
        if (Volatile.Read(ref _next) is not null) Interlocked.Exchange(ref _next, null)?.TrySetResult();
    }
}
