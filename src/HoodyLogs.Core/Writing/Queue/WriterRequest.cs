namespace HoodyLogs.Writing.Queue;

/// <summary>What waits in the queue besides records: something for the writer to do when all that was accepted before is done.</summary>
internal abstract class WriterRequest
{
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends when the writer has done it.</summary>
    public Task Done => _done.Task;

    public void Complete() => _done.TrySetResult();

    public void Fail(Exception exception) => _done.TrySetException(exception);
}

/// <summary>Tells its sender that everything before it is committed, or lost and counted.</summary>
internal sealed class FlushRequest : WriterRequest
{
    /// <summary>How many records the writer had taken before this request.</summary>
    public long After { get; set; }
}

/// <summary>Destroys a scope (decision T6).</summary>
internal sealed class DeleteScopeRequest(LogScope scope) : WriterRequest
{
    public LogScope Scope { get; } = scope;
}

/// <summary>Wakes the writer to look at the clock. There is one, which is in the queue or not.</summary>
internal sealed class WakeRequest : WriterRequest;
