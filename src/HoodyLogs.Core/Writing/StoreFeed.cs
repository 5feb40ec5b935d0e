using System.Runtime.InteropServices;
using HoodyLogs.Diagnostics;
using HoodyLogs.Entries;
using HoodyLogs.Storage;
using HoodyLogs.Tail;
using Microsoft.Extensions.Logging;

namespace HoodyLogs.Writing;

/// <summary>
/// Takes batches to the store and shows them to the tails once committed (decision T2). While the store fails it shows them from memory,
/// holds them back within the bounds of the queue, and tries again with growing delays; what does not fit is lost, counted and told.
/// </summary>
internal sealed class StoreFeed(
    ILogStore store, LogRing ring, LossReport report, QueueOptions bounds, WriterHealth health, LogMetrics metrics, TimeProvider time, ILogger logger)
{
    private readonly Queue<LogRecord> _held = new();
    private readonly List<LogRecord> _slice = [];
    private readonly RetryDelay _retry = new(time);
    private long _heldBytes;
    private bool _idsUsedUp;
    private bool _overflown;
    private long _lostFrom;
    private long _lostTo;
    private long _lostUnnumbered;

    /// <summary>How many records are held back.</summary>
    public int HeldCount => _held.Count;

    /// <summary>How many records were ever taken on.</summary>
    public long Added { get; private set; }

    /// <summary>How many of them, from the first, are stored or lost.</summary>
    public long Done => Added - _held.Count;

    /// <summary>How long to wait before the next try; zero while the store works.</summary>
    public TimeSpan Delay => _held.Count == 0 ? TimeSpan.Zero : _retry.Current;

    /// <summary>Stores a batch, or holds it back.</summary>
    public async ValueTask AddAsync(List<LogRecord> batch)
    {
        Added += batch.Count;
        if (_held.Count > 0)
        {
            Hold(batch);
            if (_retry.IsDue) await StoreHeldAsync().ConfigureAwait(false);
        }
        else if (batch.Count > 0 && !await TryAppendAsync(batch).ConfigureAwait(false))
        {
            Hold(batch);
        }
    }

    private async ValueTask StoreHeldAsync()
    {
        while (_held.Count > 0)
        {
            _slice.Clear();
            var limits = new BatchLimits();
            foreach (var record in _held)
            {
                if (!limits.Take(record)) break;
                _slice.Add(record);
            }

            var bytes = _slice.Sum(record => (long)record.ApproximateBytes);
            if (!await TryAppendAsync(_slice).ConfigureAwait(false)) return;
            for (var i = 0; i < _slice.Count; i++) _held.Dequeue();
            _heldBytes -= bytes;
        }

        Recovered();
    }

    /// <summary>False where the store failed; then the batch is as it was.</summary>
    private async ValueTask<bool> TryAppendAsync(List<LogRecord> batch)
    {
        var began = time.GetTimestamp();
        try
        {
            await store.AppendAsync(batch, CancellationToken.None).ConfigureAwait(false);
        }
        catch (LogStoreException failure)
        {
            if (_retry.Current == TimeSpan.Zero) WriterLog.StoreFailing(logger, failure);
            _retry.Failed();
            health.Degraded(failure.Message);
            return false;
        }
        catch (Exception fault)
        {
            // No failure of the store but a fault in handling this batch: keeping it would stop everything behind it for good.
            WriterLog.BatchRefused(logger, batch.Count, fault);
            foreach (var record in batch) Lose(record);
            TellLosses();
            return true;
        }

        var entries = 0;
        foreach (var record in batch)
        {
            entries += record.EntryCount;
            record.ReleaseBodies();
        }

        metrics.Stored(entries, time.GetElapsedTime(began));
        Publish(CollectionsMarshal.AsSpan(batch), settled: true);
        return true;
    }

    private void Hold(List<LogRecord> batch)
    {
        if (batch.Count == 0) return;
        var numbered = _idsUsedUp ? 0 : store.Number(batch);
        _idsUsedUp = numbered < batch.Count;
        Publish(CollectionsMarshal.AsSpan(batch)[..numbered], settled: false);
        foreach (var record in batch)
        {
            // Once one did not fit none is held back any more, so that what is lost is one range.
            _overflown |= _held.Count >= bounds.Capacity || (_heldBytes + record.ApproximateBytes > bounds.MaxBytes && _held.Count > 0);
            if (_overflown)
            {
                Lose(record);
                continue;
            }

            _held.Enqueue(record);
            _heldBytes += record.ApproximateBytes;
        }
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
        metrics.Lost(record.EntryCount, LossReason.StoreFailing);
        if (record.Id == 0)
        {
            _lostUnnumbered += record.EntryCount;
        }
        else
        {
            if (_lostFrom == 0) _lostFrom = record.Id;
            _lostTo = record.LastId;
        }

        record.ReleaseBodies();
    }

    private void Recovered()
    {
        _overflown = _idsUsedUp = false;
        _retry.Succeeded();
        health.Healthy();
        WriterLog.StoreWorksAgain(logger);
        TellLosses();
        ring.Settle(ring.Position);
    }

    private void TellLosses()
    {
        if (_lostFrom != 0) report.Unstored(_lostFrom, _lostTo);
        if (_lostUnnumbered != 0) report.Unnumbered(ring.Position, _lostUnnumbered);
        _lostFrom = _lostTo = _lostUnnumbered = 0;
    }
}
