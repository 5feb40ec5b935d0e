using HoodyLogs.Writing.Queue;
using Microsoft.Extensions.Logging;

namespace HoodyLogs.Writing;

/// <summary>Runs the maintenance of the store between batches.</summary>
internal sealed class StoreMaintenance(ILogStore store, LogQueue queue, ILogger logger)
{
    private bool _hasFailed;

    /// <summary>Whether the last run stopped because records are queued.</summary>
    public bool HasMore { get; private set; }

    /// <summary>Runs small steps while the queue is empty, otherwise one step.</summary>
    public async ValueTask RunAsync()
    {
        try
        {
            do HasMore = await store.MaintainAsync(CancellationToken.None).ConfigureAwait(false);
            while (HasMore && queue.IsIdle);
            _hasFailed = false;
        }
        catch (Exception failure)
        {
            if (!_hasFailed) WriterMessages.MaintenanceFailed(logger, failure);
            _hasFailed = true;
            HasMore = false;
        }
    }
}
