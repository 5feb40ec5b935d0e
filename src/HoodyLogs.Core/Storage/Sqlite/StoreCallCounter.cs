namespace HoodyLogs.Storage.Sqlite;

/// <summary>
/// Counts the calls that use an open store. The store is closed when none runs: by <see cref="Close"/>, or by the last call that ends after it.
/// So nothing frees a native handle that a call still uses. A call that never ends keeps the handles until the process ends.
/// </summary>
/// <param name="close">Closes the store. Runs once.</param>
internal sealed class StoreCallCounter(Action close)
{
    private readonly Lock _lock = new();
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _calls;
    private bool _isClosing;

    /// <summary>Begins a call, which must end with <see cref="End"/>.</summary>
    /// <exception cref="LogStoreException">The store is closed or about to close.</exception>
    public void Begin()
    {
        lock (_lock)
        {
            if (_isClosing) throw new LogStoreException("The log store was closed.");
            _calls++;
        }
    }

    /// <summary>Ends a call.</summary>
    public void End()
    {
        lock (_lock)
        {
            if (--_calls > 0 || !_isClosing) return;
        }

        CloseNow();
    }

    /// <summary>Refuses further calls and closes the store when no call runs.</summary>
    /// <returns>Ends when the store is closed.</returns>
    public Task Close()
    {
        lock (_lock)
        {
            if (_isClosing) return _closed.Task;
            _isClosing = true;
            if (_calls > 0) return _closed.Task;
        }

        // On a thread of its own: closing writes to the disk, which may hang.
        _ = Task.Factory.StartNew(CloseNow, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        return _closed.Task;
    }

    private void CloseNow()
    {
        try
        {
            close();
            _closed.TrySetResult();
        }
        catch (Exception failure)
        {
            _closed.TrySetException(failure);
        }
    }
}
