using System.Runtime.InteropServices;
using HoodyLogs.Diagnostics;
using HoodyLogs.Tail.Ring;
using HoodyLogs.Writing.Queue;
using Microsoft.Extensions.Logging;

namespace HoodyLogs.Writing;

/// <summary>
/// Takes batches to the store and shows them to the tails once committed (decision T2). While the store fails it shows them from memory,
/// holds them back within the bounds of the queue, and tries again with growing delays; what does not fit is lost, counted and told. With
/// <see cref="QueueFullMode.Wait"/> nothing is lost: the queue gives no room while records are held back, so no more than its bounds arrive after the first batch.
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

    /// <summary>How many entries are held back or being stored. Any thread may ask.</summary>
    public long UnstoredEntries => Interlocked.Read(ref _unstored);

    /// <summary>How many records are held back.</summary>
    public int RetryCount => _retryBuffer.Count;

    /// <summary>How many records were ever taken on.</summary>
    public long Added { get; private set; }

    /// <summary>How many of them, from the first, are stored or lost.</summary>
    public long Done => Added - _retryBuffer.Count;

    /// <summary>How long to wait before the next try; zero while the store works.</summary>
    public TimeSpan Delay => _retryBuffer.Count == 0 ? TimeSpan.Zero : _retry.Current;

    /// <summary>Stores a batch, or holds it back. If this throws, all of the batch is stored, held back, or lost and counted all the same.</summary>
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
                Publish(CollectionsMarshal.AsSpan(batch), settled: true);
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
            if (outcome == Outcome.Stored) Publish(CollectionsMarshal.AsSpan(_retryBatch), settled: true);
            else Drop(_retryBatch[0]);
        }

        Recovered();
    }

    /// <summary>Copies the next records to be stored. Those that are committed already come alone.</summary>
    /// <returns>How many bytes they are.</returns>
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

    /// <summary>Whether a fault came after the commit.</summary>
    private bool IsCommitted(LogRecord record) => record.Id != 0 && record.Id <= store.LastId;

    /// <summary>Tries to store a batch, which stays as it was unless it is stored.</summary>
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
            // No failure of the store but a fault in handling this batch: keeping what causes it would stop everything behind it for good.
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
        Publish(CollectionsMarshal.AsSpan(batch)[..numbered], settled: false);
        while (_handled < batch.Count) BufferOrDrop(batch[_handled]);
    }

    private void BufferOrDrop(LogRecord record)
    {
        _handled++;

        // Once one did not fit none is held back any more, so that what is lost is one range.
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

    private void Publish(ReadOnlySpan<LogRecord> records, bool settled)
    {
        report.AddGapsOfReported();

        // What was shown from memory while the store failed is not shown again.
        var shown = 0;
        while (shown < records.Length && records[shown].Id <= ring.Position) shown++;
        if (settled && shown > 0) ring.SetCommitted(records[shown - 1].LastId);
        ring.Publish(records[shown..], settled);
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

        /// <summary>The store failed: to be tried again.</summary>
        Failed,

        /// <summary>An unexpected fault, which one of the records may cause.</summary>
        Refused,
    }
}
