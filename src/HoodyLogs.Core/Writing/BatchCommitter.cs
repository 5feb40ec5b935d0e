using System.Runtime.InteropServices;
using HoodyLogs.Diagnostics;
using HoodyLogs.Tail.Ring;
using HoodyLogs.Writing.Queue;
using Microsoft.Extensions.Logging;

namespace HoodyLogs.Writing;

/// <summary>
/// Commits batches to the store and then publishes them to the ring. While the store fails, it publishes records first, keeps them in a retry buffer within the
/// limits of the queue, and retries with growing delays. Records that do not fit are dropped, counted and reported. With <see cref="QueueFullMode.Wait"/>
/// nothing is dropped: the queue releases no capacity while the retry buffer holds records, so at most its limits arrive after the first batch.
/// </summary>
internal sealed class BatchCommitter(
    ILogStore store, LogRing ring, DropReporter report, QueueOptions bounds, WriterHealth health, LogMetrics metrics, TimeProvider time, ILogger logger)
{
    private readonly Queue<LogRecord> _retryBuffer = new();
    private readonly List<LogRecord> _retryBatch = [];
    private readonly RetryBackoff _retry = new(time);
    private long _retryBufferBytes;
    private bool _idsExhausted;
    private bool _retryBufferOverflowed;
    private long _droppedFrom;
    private long _droppedTo;
    private long _droppedWithoutIds;
    private long _unstored;
    private int _handled;

    private bool NeverDrops => bounds.WhenFull == QueueFullMode.Wait;

    /// <summary>The number of entries in the retry buffer or in a running commit. Thread-safe.</summary>
    public long UnstoredEntries => Interlocked.Read(ref _unstored);

    /// <summary>The number of records in the retry buffer.</summary>
    public int RetryCount => _retryBuffer.Count;

    /// <summary>The number of records added since the start.</summary>
    public long Added { get; private set; }

    /// <summary>The number of added records, from the first, that are stored or dropped.</summary>
    public long Done => Added - _retryBuffer.Count;

    /// <summary>The delay before the next retry. Zero while the store works.</summary>
    public TimeSpan Delay => _retryBuffer.Count == 0 ? TimeSpan.Zero : _retry.Current;

    /// <summary>Stores a batch, or adds it to the retry buffer. Even if this throws, every record of the batch is stored, buffered, or dropped and counted.</summary>
    public async ValueTask AddAsync(List<LogRecord> batch)
    {
        Added += batch.Count;
        _handled = 0;
        foreach (var record in batch) Interlocked.Add(ref _unstored, record.EntryCount);
        try
        {
            await StoreOrBufferAsync(batch).ConfigureAwait(false);
        }
        catch (Exception fault)
        {
            _retry.Failed();
            health.Degraded(fault.Message);
            while (_handled < batch.Count) BufferOrDrop(batch[_handled]);
            throw;
        }
    }

    private async ValueTask StoreOrBufferAsync(List<LogRecord> batch)
    {
        if (_retryBuffer.Count > 0)
        {
            AddToRetryBuffer(batch);
            if (_retry.IsDue) await StoreBufferedAsync().ConfigureAwait(false);
        }
        else if (batch.Count > 0)
        {
            var outcome = await TryAppendAsync(batch).ConfigureAwait(false);
            if (outcome == Outcome.Stored)
            {
                _handled = batch.Count;
                Publish(CollectionsMarshal.AsSpan(batch), committed: true);
                if (_retry.Current != TimeSpan.Zero) Recovered();
                return;
            }

            AddToRetryBuffer(batch);
            if (outcome == Outcome.Refused) await StoreBufferedAsync(oneByOne: true).ConfigureAwait(false);
        }
    }

    private async ValueTask StoreBufferedAsync(bool oneByOne = false)
    {
        while (_retryBuffer.Count > 0)
        {
            var bytes = TakeRetryBatch(oneByOne);
            var isCommitted = IsCommitted(_retryBatch[0]);
            var outcome = isCommitted ? Outcome.Stored : await TryAppendAsync(_retryBatch).ConfigureAwait(false);
            if (outcome == Outcome.Failed) return;
            if (outcome == Outcome.Refused && _retryBatch.Count > 1)
            {
                oneByOne = true;
                continue;
            }

            for (var i = 0; i < _retryBatch.Count; i++) _retryBuffer.Dequeue();
            _retryBufferBytes -= bytes;
            if (isCommitted) Release(_retryBatch[0]);
            if (outcome == Outcome.Stored) Publish(CollectionsMarshal.AsSpan(_retryBatch), committed: true);
            else Drop(_retryBatch[0]);
        }

        Recovered();
    }

    /// <summary>Copies the next buffered records. A record that is already committed is returned alone.</summary>
    /// <returns>The size in bytes.</returns>
    private long TakeRetryBatch(bool oneByOne)
    {
        _retryBatch.Clear();
        var (limits, bytes) = (new BatchLimits(), 0L);
        foreach (var record in _retryBuffer)
        {
            if (!limits.TryAdd(record)) break;
            _retryBatch.Add(record);
            bytes += record.ApproximateBytes;
            if (oneByOne || IsCommitted(record)) break;
        }

        return bytes;
    }

    /// <summary>Whether the record was committed before the fault.</summary>
    private bool IsCommitted(LogRecord record) => record.Id != 0 && record.Id <= store.LastId;

    /// <summary>Tries to store a batch. The batch is unchanged unless it is stored.</summary>
    private async ValueTask<Outcome> TryAppendAsync(List<LogRecord> batch)
    {
        var began = time.GetTimestamp();
        try
        {
            await store.AppendAsync(batch, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is LogStoreException || NeverDrops)
        {
            if (_retry.Current == TimeSpan.Zero) WriterMessages.StoreFailing(logger, failure);
            _retry.Failed();
            health.Degraded(failure.Message);
            return Outcome.Failed;
        }
        catch (Exception fault)
        {
            // This is a fault in handling the batch, not a failure of the store. Keeping the record that causes it would block all later records.
            if (batch.Count == 1 && !IsCommitted(batch[0])) WriterMessages.RecordDropped(logger, fault);
            return Outcome.Refused;
        }

        var entries = 0;
        foreach (var record in batch)
        {
            entries += record.EntryCount;
            Release(record);
        }

        metrics.Stored(entries, time.GetElapsedTime(began));
        return Outcome.Stored;
    }

    private void Release(LogRecord record)
    {
        Interlocked.Add(ref _unstored, -record.EntryCount);
        record.ReleaseBodies();
    }

    private void AddToRetryBuffer(List<LogRecord> batch)
    {
        if (batch.Count == 0) return;
        var numbered = _idsExhausted ? 0 : store.AssignIds(batch);
        _idsExhausted = numbered < batch.Count;
        Publish(CollectionsMarshal.AsSpan(batch)[..numbered], committed: false);
        while (_handled < batch.Count) BufferOrDrop(batch[_handled]);
    }

    private void BufferOrDrop(LogRecord record)
    {
        _handled++;

        // After the first drop nothing is buffered, so that the dropped records are one range.
        _retryBufferOverflowed |= !NeverDrops
            && (_retryBuffer.Count >= bounds.Capacity || (_retryBufferBytes + record.ApproximateBytes > bounds.MaxBytes && _retryBuffer.Count > 0));
        if (_retryBufferOverflowed)
        {
            Drop(record);
            return;
        }

        _retryBuffer.Enqueue(record);
        _retryBufferBytes += record.ApproximateBytes;
    }

    private void Publish(ReadOnlySpan<LogRecord> records, bool committed)
    {
        report.AddGapsOfReported();

        // Records that were published while the store failed are not published again.
        var published = 0;
        while (published < records.Length && records[published].Id <= ring.Position) published++;
        if (committed && published > 0) ring.SetCommitted(records[published - 1].LastId);
        ring.Publish(records[published..], committed);
    }

    private void Drop(LogRecord record)
    {
        metrics.Dropped(record.EntryCount, DropReason.StoreFailing);
        if (record.Id == 0)
        {
            _droppedWithoutIds += record.EntryCount;
        }
        else
        {
            if (_droppedFrom == 0) _droppedFrom = record.Id;
            _droppedTo = record.LastId;
        }

        Release(record);
    }

    private void Recovered()
    {
        _retryBufferOverflowed = _idsExhausted = false;
        if (_retry.Current != TimeSpan.Zero) WriterMessages.StoreWorksAgain(logger);
        _retry.Succeeded();
        health.Healthy();
        ReportDrops();
        ring.SetCommitted(ring.Position);
    }

    private void ReportDrops()
    {
        if (_droppedFrom != 0) report.DroppedWithIds(_droppedFrom, _droppedTo);
        if (_droppedWithoutIds != 0) report.DroppedWithoutIds(ring.Position, _droppedWithoutIds);
        _droppedFrom = _droppedTo = _droppedWithoutIds = 0;
    }

    private enum Outcome
    {
        Stored,

        /// <summary>The store failed. Retry later.</summary>
        Failed,

        /// <summary>An unexpected fault, which one of the records can cause.</summary>
        Refused,
    }
}
