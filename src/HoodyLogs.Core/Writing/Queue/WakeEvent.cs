namespace HoodyLogs.Writing.Queue;

/// <summary>
/// Wakes a sleeping thread. It stays set until it is reset. Other waits of the framework spin first, which on a busy machine costs other threads as much as
/// a commit. A <see cref="ManualResetEventSlim"/> can wait without spinning, but must not be used after it is disposed, and exchanges can end last.
/// </summary>
internal sealed class WakeEvent
{
    private readonly object _lock = new();
    private volatile bool _isSet;

    public void Reset() => _isSet = false;

    /// <summary>Sets the event. It is cheap if the event is already set.</summary>
    public void Set()
    {
        if (_isSet) return;
        lock (_lock)
        {
            _isSet = true;
            Monitor.PulseAll(_lock);
        }
    }

    /// <summary>Sleeps until the event is set, at most for the given time.</summary>
    /// <returns>Whether the event is set.</returns>
    public bool Wait(TimeSpan longest)
    {
        lock (_lock) return _isSet || Monitor.Wait(_lock, longest);
    }
}

/// <summary>Blocks a dedicated thread until a task completes. Unlike <see cref="Task.Wait()"/> it does not spin first.</summary>
internal static class BlockingWait
{
    public static T For<T>(ValueTask<T> task) => Wait(task.AsTask()).GetAwaiter().GetResult();

    public static void For(ValueTask task) => Wait(task.AsTask()).GetAwaiter().GetResult();

    private static TTask Wait<TTask>(TTask task)
        where TTask : Task
    {
        if (task.IsCompleted) return task;
        var completed = new WakeEvent();
        task.GetAwaiter().UnsafeOnCompleted(completed.Set);
        completed.Wait(Timeout.InfiniteTimeSpan);
        return task;
    }
}
