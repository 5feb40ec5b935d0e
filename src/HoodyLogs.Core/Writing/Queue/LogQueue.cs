using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;
using HoodyLogs.Diagnostics;

namespace HoodyLogs.Writing.Queue;

/// <summary>
/// The queue between requests and the writer, bounded by count and bytes. It uses a channel in Wait mode, because <c>TryWrite</c> then returns false when the
/// channel is full, and every drop is counted. The drop modes of channels hide drops.
/// </summary>
internal sealed class LogQueue : ILogSink
{
    /// <summary>Bodies that wait longer leave the processor's caches and are more expensive to write.</summary>
    private const long MaxDelayedBytes = 1024 * 1024;

    /// <summary>The maximum wait of a read. While the disk stalls, an older answer is better than none.</summary>
    private static readonly TimeSpan MaxCommitWait = TimeSpan.FromSeconds(1);

    private readonly Channel<object> _items;
    private readonly int _wakeRecords;
    private readonly long _wakeBytes;
    private readonly QueueOptions _options;
    private readonly TimeProvider _time;
    private readonly LogMetrics _metrics;
    private readonly WakeRequest _wakeRequest = new();
    private readonly Lock _dropLock = new();
    private readonly TaskCompletionSource _writerEnded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly AsyncPulse _room = new();
    private readonly AsyncPulse _progress = new();
    private readonly WakeEvent _wake = new();
    private DropStats _drops;
    private long _bytes;
    private long _takenBytes;
    private long _accepted;
    private long _takenRecords;
    private long _releasedRecords;
    private long _handledRecords;
    private long _outstanding;
    private long _taken;
    private long _droppedAfterClose;
    private int _wakeRequested;
    private volatile bool _closed;
    private volatile bool _waitsCanceled;

    public LogQueue(QueueOptions options, TimeProvider time, LogMetrics metrics)
    {
        _options = options;
        _time = time;
        _metrics = metrics;
        _wakeRecords = Math.Min(BatchLimits.MaxRecords, options.Capacity / 2);
        _wakeBytes = Math.Min(MaxDelayedBytes, options.MaxBytes / 2);
        _items = Channel.CreateBounded<object>(new BoundedChannelOptions(options.Capacity) { SingleReader = true });
        metrics.ObserveQueue(() => _items.Reader.Count);
    }

    /// <summary>The number of items that the writer has taken since the start.</summary>
    public long Taken => _taken;

    /// <summary>The number of queued items.</summary>
    public int Count => _items.Reader.Count;

    /// <summary>Whether the queue is empty and open.</summary>
    public bool IsIdle => !_closed && Count == 0;

    /// <summary>The number of entries that were dropped because the queue was closed.</summary>
    public long DroppedAfterClose => Volatile.Read(ref _droppedAfterClose);

    public bool TryWrite(LogRecord record) => TryAccept(record) || Drop(record);

    public ValueTask<bool> WriteAsync(LogRecord record, CancellationToken cancellationToken)
    {
        if (TryAccept(record)) return ValueTask.FromResult(true);
        return _options.WhenFull == QueueFullMode.Wait
            ? WaitAndWriteAsync(record, cancellationToken)
            : ValueTask.FromResult(Drop(record));
    }

    /// <summary>Waits, for a limited time, until everything that has happened is written to this queue. Capture sets it. It never throws.</summary>
    public Func<CancellationToken, ValueTask> PendingWrites { get; set; } = static _ => ValueTask.CompletedTask;

    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        await PendingWrites(cancellationToken).ConfigureAwait(false);
        await SendAsync(new FlushRequest()).WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Sends a request to the writer, after everything that was accepted before. It waits for room in every mode.</summary>
    /// <returns>Completes when the writer has handled the request. If the queue is closed: when the writer has ended.</returns>
    public async Task SendAsync(WriterRequest request)
    {
        try
        {
            await _items.Writer.WriteAsync(request).ConfigureAwait(false);
            _wake.Set();
        }
        catch (ChannelClosedException) when (request is FlushRequest)
        {
            await _writerEnded.Task.ConfigureAwait(false);
            return;
        }

        await Task.WhenAny(request.Done, _writerEnded.Task).ConfigureAwait(false);
        if (request.Done.IsCompleted) await request.Done.ConfigureAwait(false);
        else if (request is not FlushRequest) throw new LogStoreException("The log writer has stopped.");
    }

    /// <summary>Wakes the writer, unless an earlier wake request is still queued.</summary>
    public void WakeWriter()
    {
        if (Interlocked.Exchange(ref _wakeRequested, 1) == 0 && !_items.Writer.TryWrite(_wakeRequest)) _wakeRequested = 0;
    }

    /// <summary>Closes the queue. Accepted records are still written.</summary>
    public void Close()
    {
        _closed = true;
        _items.Writer.TryComplete();
        _wake.Set();
        _room.Raise();
    }

    /// <summary>Drops and counts records that wait for room, now and later. The host is stopping, and its servers wait for these requests.</summary>
    public void CancelWaits()
    {
        _waitsCanceled = true;
        _room.Raise();
    }

    /// <summary>Removes all queued records, because the writer did not end in time.</summary>
    /// <returns>The number of entries.</returns>
    public long Abandon()
    {
        var entries = 0L;
        while (_items.Reader.TryRead(out var item))
        {
            if (item is not LogRecord record) continue;
            entries += record.EntryCount;
            record.ReleaseBodies();
        }

        return entries;
    }

    /// <summary>Called when the writer has ended. Completes all pending requests.</summary>
    public void WriterEnded() => _writerEnded.TrySetResult();

    /// <summary>Resets the wake event before the writer takes a batch.</summary>
    public void ResetWake() => _wake.Reset();

    /// <summary>
    /// Blocks for at most the given time, or until the batch must not wait longer: for a request, a read, a full batch, a half-full queue, or a closed queue.
    /// </summary>
    /// <returns>Whether one of these has happened since <see cref="ResetWake"/>.</returns>
    public bool WaitForBatch(TimeSpan longest) => _closed || _wake.Wait(longest);

    /// <summary>Waits for an item. Returns false when the queue is closed and empty.</summary>
    public ValueTask<bool> WaitAsync() => _items.Reader.WaitToReadAsync();

    /// <summary>Takes a record or a request. Only the writer calls it.</summary>
    public bool TryTake([NotNullWhen(true)] out object? item)
    {
        if (!_items.Reader.TryRead(out item)) return false;
        Volatile.Write(ref _taken, _taken + 1);
        if (item is LogRecord record)
        {
            _takenRecords++;
            _takenBytes += record.ApproximateBytes;
        }
        else if (item is WakeRequest)
        {
            Volatile.Write(ref _wakeRequested, 0);
        }

        return true;
    }

    /// <summary>Releases the capacity of taken records and resumes waiting writes. Called once per batch, not once per record.</summary>
    public void ReleaseCapacity()
    {
        Interlocked.Add(ref _outstanding, _releasedRecords - _takenRecords);
        Volatile.Write(ref _releasedRecords, _takenRecords);
        Interlocked.Add(ref _bytes, -_takenBytes);
        _takenBytes = 0;
        _room.Raise();
    }

    /// <summary>Marks taken records as handled: committed, dropped, or in the retry buffer. Only the writer calls it.</summary>
    public void SetHandled()
    {
        Volatile.Write(ref _handledRecords, _takenRecords);
        _progress.Raise();
    }

    /// <summary>The read barrier. Wakes the writer and waits until all records that were accepted before are committed, for at most one second.</summary>
    public async ValueTask WaitForCommitAsync(CancellationToken cancellationToken)
    {
        await PendingWrites(cancellationToken).ConfigureAwait(false);

        // Always the system clock, even if the host provides another clock: the wait limits real work, and nobody can observe it.
        var time = TimeProvider.System;
        var accepted = Volatile.Read(ref _accepted);
        var began = time.GetTimestamp();
        while (!_closed && !_waitsCanceled)
        {
            // Get the task before the check, so that no progress in between is missed.
            var progress = _progress.Next();
            var left = MaxCommitWait - time.GetElapsedTime(began);
            if (Volatile.Read(ref _handledRecords) >= accepted || left <= TimeSpan.Zero || cancellationToken.IsCancellationRequested) return;
            _wake.Set();
            await progress.WaitAsync(left, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Returns the drops since the last call.</summary>
    public DropStats TakeDrops()
    {
        lock (_dropLock)
        {
            var drops = _drops;
            _drops = default;
            return drops;
        }
    }

    private bool TryAccept(LogRecord record)
    {
        var size = record.ApproximateBytes;
        var total = Interlocked.Add(ref _bytes, size);

        // A record that is larger than the limit is accepted if the queue is empty. Otherwise it could never be accepted.
        if ((total <= _options.MaxBytes || total == size) && TryEnqueue(record))
        {
            if (Interlocked.Increment(ref _accepted) - Volatile.Read(ref _releasedRecords) >= _wakeRecords || total >= _wakeBytes) _wake.Set();
            return true;
        }

        Interlocked.Add(ref _bytes, -size);
        return false;
    }

    /// <summary>With <see cref="QueueFullMode.Wait"/> the limit also includes records in the retry buffer.</summary>
    private bool TryEnqueue(LogRecord record)
    {
        if (_options.WhenFull != QueueFullMode.Wait) return _items.Writer.TryWrite(record);
        if (Interlocked.Increment(ref _outstanding) <= _options.Capacity && _items.Writer.TryWrite(record)) return true;
        Interlocked.Decrement(ref _outstanding);
        return false;
    }

    private async ValueTask<bool> WaitAndWriteAsync(LogRecord record, CancellationToken cancellationToken)
    {
        while (!_closed)
        {
            // Get the task before the attempt, so that no released capacity in between is missed.
            var room = _room.Next();
            if (TryAccept(record)) return true;
            if (_closed || _waitsCanceled) break;
            await room.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (cancellationToken.IsCancellationRequested) break;
        }

        return Drop(record);
    }

    private bool Drop(LogRecord record)
    {
        var entries = record.EntryCount;
        if (_closed)
        {
            Interlocked.Add(ref _droppedAfterClose, entries);
            _metrics.Dropped(entries, DropReason.Stopped);
        }
        else
        {
            _metrics.Dropped(entries, DropReason.QueueFull);
            var now = _time.GetUtcNow();
            lock (_dropLock)
            {
                var accepted = Volatile.Read(ref _taken) + Count;
                _drops = _drops.Add(new DropStats(accepted, accepted, entries, now, now));
            }
        }

        record.ReleaseBodies();
        return false;
    }
}
