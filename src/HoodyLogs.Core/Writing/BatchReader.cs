using HoodyLogs.Tail.Ring;
using HoodyLogs.Writing.Queue;

namespace HoodyLogs.Writing;

/// <summary>Reads the next batch from the queue, and adds the events that report drops.</summary>
internal sealed class BatchReader(LogQueue queue, DropReporter report, LogRing ring)
{
    /// <summary>The records of the batch. The writer clears it after the commit.</summary>
    public List<LogRecord> Records { get; } = [];

    /// <summary>The request that ended the batch, or null.</summary>
    public WriterRequest? Request { get; private set; }

    /// <summary>Whether the batch ended because the queue was empty.</summary>
    public bool HasEmptiedQueue { get; private set; }

    /// <summary>Takes queued records up to the limits of a batch or to the next request.</summary>
    public void Read()
    {
        Request = null;
        report.Dropped(queue.TakeDrops());
        var limits = new BatchLimits();
        HasEmptiedQueue = false;
        do
        {
            if (report.HasPending) report.AddEventsTo(Records, queue.Taken, ring.Position);
            if (limits.IsFull || !queue.TryTake(out var item))
            {
                HasEmptiedQueue = !limits.IsFull;
                break;
            }

            Request = item as WriterRequest;
            if (item is not LogRecord record) continue;
            limits.TryAdd(record);
            Records.Add(record);
        }
        while (Request is null);
    }

    /// <summary>Adds the events of all drops that are not reported yet, because no batch follows.</summary>
    public void ReadLastDrops()
    {
        report.Dropped(queue.TakeDrops());
        if (report.HasPending) report.AddEventsTo(Records, queue.Taken, ring.Position, isLast: true);
    }
}
