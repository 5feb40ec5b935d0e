namespace HoodyLogs.Writing.Queue;

/// <summary>A request to the writer. The writer handles it after everything that was accepted before it.</summary>
internal abstract class WriterRequest
{
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when the writer has handled the request.</summary>
    public Task Done => _done.Task;

    public void Complete() => _done.TrySetResult();

    public void Fail(Exception exception) => _done.TrySetException(exception);
}

/// <summary>Completes when everything that was accepted before it is committed, or dropped and counted.</summary>
internal sealed class FlushRequest : WriterRequest
{
    /// <summary>The number of records that the writer had taken before this request.</summary>
    public long After { get; set; }
}

/// <summary>Deletes a scope.</summary>
internal sealed class DeleteScopeRequest(LogScope scope) : WriterRequest
{
    public LogScope Scope { get; } = scope;
}

/// <summary>Wakes the writer for maintenance and retries. There is one instance per queue.</summary>
internal sealed class WakeRequest : WriterRequest;
