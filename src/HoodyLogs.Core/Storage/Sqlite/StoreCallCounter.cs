namespace HoodyLogs.Storage.Sqlite;

/// <summary>
/// Counts the running calls of an open store, so that no native handle is freed while a call uses it. The store is closed by <see cref="Close"/> if no
/// call runs, and otherwise by the last call that ends after it. A call that never ends keeps the handles open until the process ends.
/// </summary>
/// <param name="close">Closes the store. It is called once.</param>
internal sealed class StoreCallCounter(Action close)
{
    private readonly Lock _lock = new();
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _calls;
    private bool _isClosing;

    /// <summary>Begins a call. Each call must end with <see cref="End"/>.</summary>
    /// <exception cref="LogStoreException">The store is closed or closing.</exception>
    public void Begin()
    {
        lock (_lock)
        {
            if (_isClosing) throw new LogStoreException("The log store is closed.");
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
    /// <returns>A task that completes when the store is closed.</returns>
    public Task Close()
    {
        lock (_lock)
        {
            if (_isClosing) return _closed.Task;
            _isClosing = true;
            if (_calls > 0) return _closed.Task;
        }

        // Closing writes to the disk, which can hang. It must not block the caller.
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
