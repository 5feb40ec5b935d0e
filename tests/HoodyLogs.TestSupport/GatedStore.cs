namespace HoodyLogs.TestSupport;

/// <summary>A store whose appends a test can block, as a slow disk does.</summary>
public sealed class GatedStore(ILogStore inner) : ILogStore
{
    private volatile TaskCompletionSource _gate = Open();
    private int _waiting;

    /// <summary>Whether an append is blocked.</summary>
    public bool HasWaiting => Volatile.Read(ref _waiting) > 0;

    public List<int> BatchSizes { get; } = [];

    /// <summary>Runs in each append, before the inner store.</summary>
    public Action<IReadOnlyList<LogRecord>>? OnAppend { get; set; }

    /// <summary>Runs in each append, after the inner store has committed.</summary>
    public Action? OnAppended { get; set; }

    /// <summary>Runs first in each assignment of ids.</summary>
    public Action? OnNumber { get; set; }

    /// <summary>Runs first in each maintenance.</summary>
    public Action? OnMaintain { get; set; }

    public long LastId => inner.LastId;

    public long LastIdBeforeStart => inner.LastIdBeforeStart;

    public long FirstVisibleId => inner.FirstVisibleId;

    public void Shut() => _gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Release() => _gate.TrySetResult();

    /// <summary>The exception that opening throws, or null.</summary>
    public Exception? OpenFailure { get; set; }

    /// <summary>The number of attempts to open the store.</summary>
    public int OpenTries { get; private set; }

    public Task OpenAsync(CancellationToken cancellationToken)
    {
        OpenTries++;
        return OpenFailure is null ? inner.OpenAsync(cancellationToken) : Task.FromException(OpenFailure);
    }

    public int AssignIds(IReadOnlyList<LogRecord> batch)
    {
        OnNumber?.Invoke();
        return inner.AssignIds(batch);
    }

    public async ValueTask AppendAsync(IReadOnlyList<LogRecord> batch, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _waiting);
        await _gate.Task;
        Interlocked.Decrement(ref _waiting);
        BatchSizes.Add(batch.Count);
        OnAppend?.Invoke(batch);
        await inner.AppendAsync(batch, cancellationToken);
        OnAppended?.Invoke();
    }

    public ValueTask<LogPage> ReadAsync(LogScope scope, LogQuery query, LogEntryVisitor visitor, CancellationToken cancellationToken) =>
        inner.ReadAsync(scope, query, visitor, cancellationToken);

    public ValueTask<bool> FindAsync(LogScope scope, long id, LogEntryVisitor visitor, CancellationToken cancellationToken) =>
        inner.FindAsync(scope, id, visitor, cancellationToken);

    public ValueTask<LogStats> GetStatsAsync(LogScope scope, LogFilter filter, CancellationToken cancellationToken) =>
        inner.GetStatsAsync(scope, filter, cancellationToken);

    public ValueTask<TunnelPage?> ReadTunnelAsync(LogScope scope, TunnelQuery query, LogEntryVisitor visitor, CancellationToken cancellationToken) =>
        inner.ReadTunnelAsync(scope, query, visitor, cancellationToken);

    public ValueTask DeleteScopeAsync(LogScope scope, CancellationToken cancellationToken) => inner.DeleteScopeAsync(scope, cancellationToken);

    public ValueTask<bool> MaintainAsync(CancellationToken cancellationToken)
    {
        OnMaintain?.Invoke();
        return inner.MaintainAsync(cancellationToken);
    }

    public ValueTask<byte[]> GetSigningKeyAsync(CancellationToken cancellationToken) => inner.GetSigningKeyAsync(cancellationToken);

    public ValueTask DisposeAsync() => inner.DisposeAsync();

    private static TaskCompletionSource Open()
    {
        var open = new TaskCompletionSource();
        open.SetResult();
        return open;
    }
}
