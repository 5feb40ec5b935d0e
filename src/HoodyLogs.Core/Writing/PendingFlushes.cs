using HoodyLogs.Writing.Queue;

namespace HoodyLogs.Writing;

/// <summary>The flush requests that wait until all records before them are stored or dropped.</summary>
internal sealed class PendingFlushes(BatchCommitter committer)
{
    private readonly List<FlushRequest> _flushes = [];

    public void Add(FlushRequest flush)
    {
        flush.After = committer.Added;
        _flushes.Add(flush);
    }

    /// <summary>Completes the requests whose records are stored or dropped.</summary>
    public void CompleteHandled()
    {
        if (_flushes.Count == 0) return;
        foreach (var flush in _flushes)
        {
            if (flush.After <= committer.Done) flush.Complete();
        }

        _flushes.RemoveAll(flush => flush.After <= committer.Done);
    }

    public void CompleteAll()
    {
        foreach (var flush in _flushes) flush.Complete();
    }
}
