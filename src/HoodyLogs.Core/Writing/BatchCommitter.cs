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
    private readonly Queue<LogRecord> _held = new();
    private readonly List<LogRecord> _slice = [];
    private readonly RetryBackoff _retry = new(time);
    private long _heldBytes;
    private bool _idsUsedUp;
    private bool _overflown;
    private long _lostFrom;
    private long _lostTo;
    private long _lostUnnumbered;
    private long _unstored;
    private int _handled;

    private bool DropsNothing => bounds.WhenFull == QueueFullMode.Wait;

    /// <summary>How many entries are held back or being stored. Any thread may ask.</summary>
    public long UnstoredEntries => Interlocked.Read(ref _unstored);

    /// <summary>How many records are held back.</summary>
    public int HeldCount => _held.Count;

    /// <summary>How many records were ever taken on.</summary>
    public long Added { get; private set; }

    /// <summary>How many of them, from the first, are stored or lost.</summary>
    public long Done => Added - _held.Count;

    /// <summary>How long to wait before the next try; zero while the store works.</summary>
    public TimeSpan Delay => _held.Count == 0 ? TimeSpan.Zero : _retry.Current;

    /// <summary>Stores a batch, or holds it back. If this throws, all of the batch is stored, held back, or lost and counted all the same.</summary>
    public async ValueTask AddAsync(List<LogRecord> batch)
    {
        Added += batch.Count;
        _handled = 0;
        foreach (var record in batch) Interlocked.Add(ref _unstored, record.EntryCount);
        try
        {
            await StoreOrHoldAsync(batch).ConfigureAwait(false);
        }
        catch (Exception fault)
        {
            _retry.Failed();
            health.Degraded(fault.Message);
            while (_handled < batch.Count) Keep(batch[_handled]);
            throw;
        }
    }

    private async ValueTask StoreOrHoldAsync(List<LogRecord> batch)
    {
        if (_held.Count > 0)
        {
            Hold(batch);
            if (_retry.IsDue) await StoreHeldAsync().ConfigureAwait(false);
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

            Hold(batch);
            if (outcome == Outcome.Refused) await StoreHeldAsync(oneByOne: true).ConfigureAwait(false);
        }
    }

    private async ValueTask StoreHeldAsync(bool oneByOne = false)
    {
        while (_held.Count > 0)
        {
            var bytes = TakeSlice(oneByOne);
            var isCommitted = IsCommitted(_slice[0]);
            var outcome = isCommitted ? Outcome.Stored : await TryAppendAsync(_slice).ConfigureAwait(false);
            if (outcome == Outcome.Failed) return;
            if (outcome == Outcome.Refused && _slice.Count > 1)
            {
                oneByOne = true;
                continue;
            }

            for (var i = 0; i < _slice.Count; i++) _held.Dequeue();
            _heldBytes -= bytes;
            if (isCommitted) LetGo(_slice[0]);
            if (outcome == Outcome.Stored) Publish(CollectionsMarshal.AsSpan(_slice), settled: true);
            else Lose(_slice[0]);
        }

        Recovered();
    }

    /// <summary>Copies the next records to be stored. Those that are committed already come alone.</summary>
    /// <returns>How many bytes they are.</returns>
    private long TakeSlice(bool oneByOne)
    {
        _slice.Clear();
        var (limits, bytes) = (new BatchLimits(), 0L);
        foreach (var record in _held)
        {
            if (!limits.Take(record)) break;
            _slice.Add(record);
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
        catch (Exception failure) when (failure is LogStoreException || DropsNothing)
        {
            if (_retry.Current == TimeSpan.Zero) WriterMessages.StoreFailing(logger, failure);
            _retry.Failed();
            health.Degraded(failure.Message);
            return Outcome.Failed;
        }
        catch (Exception fault)
        {
            // No failure of the store but a fault in handling this batch: keeping what causes it would stop everything behind it for good.
            if (batch.Count == 1 && !IsCommitted(batch[0])) WriterMessages.RecordRefused(logger, fault);
            return Outcome.Refused;
        }

        var entries = 0;
        foreach (var record in batch)
        {
            entries += record.EntryCount;
            LetGo(record);
        }

        metrics.Stored(entries, time.GetElapsedTime(began));
        return Outcome.Stored;
    }

    private void LetGo(LogRecord record)
    {
        Interlocked.Add(ref _unstored, -record.EntryCount);
        record.ReleaseBodies();
    }

    private void Hold(List<LogRecord> batch)
    {
        if (batch.Count == 0) return;
        var numbered = _idsUsedUp ? 0 : store.AssignIds(batch);
        _idsUsedUp = numbered < batch.Count;
        Publish(CollectionsMarshal.AsSpan(batch)[..numbered], settled: false);
        while (_handled < batch.Count) Keep(batch[_handled]);
    }

    private void Keep(LogRecord record)
    {
        _handled++;

        // Once one did not fit none is held back any more, so that what is lost is one range.
        _overflown |= !DropsNothing
            && (_held.Count >= bounds.Capacity || (_heldBytes + record.ApproximateBytes > bounds.MaxBytes && _held.Count > 0));
        if (_overflown)
        {
            Lose(record);
            return;
        }

        _held.Enqueue(record);
        _heldBytes += record.ApproximateBytes;
    }

    private void Publish(ReadOnlySpan<LogRecord> records, bool settled)
    {
        report.Published();

        // What was shown from memory while the store failed is not shown again.
        var shown = 0;
        while (shown < records.Length && records[shown].Id <= ring.Position) shown++;
        if (settled && shown > 0) ring.Settle(records[shown - 1].LastId);
        ring.Publish(records[shown..], settled);
    }

    private void Lose(LogRecord record)
    {
        metrics.Lost(record.EntryCount, DropReason.StoreFailing);
        if (record.Id == 0)
        {
            _lostUnnumbered += record.EntryCount;
        }
        else
        {
            if (_lostFrom == 0) _lostFrom = record.Id;
            _lostTo = record.LastId;
        }

        LetGo(record);
    }

    private void Recovered()
    {
        _overflown = _idsUsedUp = false;
        if (_retry.Current != TimeSpan.Zero) WriterMessages.StoreWorksAgain(logger);
        _retry.Succeeded();
        health.Healthy();
        TellLosses();
        ring.Settle(ring.Position);
    }

    private void TellLosses()
    {
        if (_lostFrom != 0) report.Unstored(_lostFrom, _lostTo);
        if (_lostUnnumbered != 0) report.Unnumbered(ring.Position, _lostUnnumbered);
        _lostFrom = _lostTo = _lostUnnumbered = 0;
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
