namespace HoodyLogs.Writing.Queue;

/// <summary>Tells all who wait that something has happened. Costs next to nothing while nobody waits.</summary>
internal sealed class AsyncPulse
{
    private TaskCompletionSource? _next;

    /// <summary>Ends at the next <see cref="Raise"/>. Take it before looking at what it tells of, so that nothing in between is missed.</summary>
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
