namespace HoodyLogs.AspNetCore.Capture.Exchanges;

/// <summary>
/// Guards the <c>HttpContext</c> of an exchange. Other threads may use the context while the exchange is open; after that the server may reuse it for
/// another request.
/// </summary>
internal struct ContextGuard
{
    private const int Closed = int.MinValue;

    /// <summary>The number of threads that use the context, plus <see cref="Closed"/> after the exchange has ended.</summary>
    private int _users;

    private TaskCompletionSource? _released;

    /// <summary>Whether the exchange has ended.</summary>
    public readonly bool IsClosed => Volatile.Read(in _users) < 0;

    /// <summary>Begins a use of the context. <see cref="Exit"/> must follow.</summary>
    /// <returns>False if the exchange has ended: the context must not be used.</returns>
    public bool TryEnter()
    {
        for (var users = Volatile.Read(ref _users); users >= 0;)
        {
            var found = Interlocked.CompareExchange(ref _users, users + 1, users);
            if (found == users) return true;
            users = found;
        }

        return false;
    }

    /// <summary>Ends a use of the context.</summary>
    public void Exit()
    {
        if (Interlocked.Decrement(ref _users) == Closed) _released!.TrySetResult();
    }

    /// <summary>Refuses further uses of the context.</summary>
    /// <returns>A task that completes when no thread uses the context. Only then may the server reuse it.</returns>
    public Task Close()
    {
        if (Interlocked.CompareExchange(ref _users, Closed, 0) == 0) return Task.CompletedTask;

        // Created before the guard closes, because the last user completes it.
        _released = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return Interlocked.Or(ref _users, Closed) != 0 ? _released.Task : Task.CompletedTask;
    }
}
