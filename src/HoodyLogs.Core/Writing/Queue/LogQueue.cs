using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;
using HoodyLogs.Diagnostics;

namespace HoodyLogs.Writing.Queue;

/// <summary>
/// The queue between the exchanges and the one writer, bounded by number and by bytes. It is a channel in Wait mode, whose TryWrite says
/// when it is full, so that every drop is seen, counted and told; the modes of a channel that drop by themselves hide it.
/// </summary>
internal sealed class LogQueue : ILogSink
{
    /// <summary>Bodies that lie about for longer leave the processor's caches, and cost more to write.</summary>
    private const long MaxDelayedBytes = 1024 * 1024;

    /// <summary>For readers, who would rather have an older answer than none while the disk stalls.</summary>
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

    /// <summary>How many items the writer has taken, ever.</summary>
    public long Taken => _taken;

    /// <summary>How many items wait.</summary>
    public int Count => _items.Reader.Count;

    /// <summary>Whether nothing waits and more may come.</summary>
    public bool IsIdle => !_closed && Count == 0;

    /// <summary>How many entries came after the queue was closed.</summary>
    public long DroppedAfterClose => Volatile.Read(ref _droppedAfterClose);

    public bool TryWrite(LogRecord record) => TryAccept(record) || Drop(record);

    public ValueTask<bool> WriteAsync(LogRecord record, CancellationToken cancellationToken)
    {
        if (TryAccept(record)) return ValueTask.FromResult(true);
        return _options.WhenFull == QueueFullMode.Wait
            ? WaitAndWriteAsync(record, cancellationToken)
            : ValueTask.FromResult(Drop(record));
    }

    /// <summary>Ends, after a bounded time, when what has happened by now is written to this queue. Set by capture; never throws.</summary>
    public Func<CancellationToken, ValueTask> PendingWrites { get; set; } = static _ => ValueTask.CompletedTask;

    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        await PendingWrites(cancellationToken).ConfigureAwait(false);
        await SendAsync(new FlushRequest()).WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Sends a request to the writer, behind all that was accepted before; waits for room, whatever the mode.</summary>
    /// <returns>Ends when the writer has done it; when the queue is closed, at the end of the writer.</returns>
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

    /// <summary>Wakes the writer, unless it has yet to answer the last time.</summary>
    public void WakeWriter()
    {
        if (Interlocked.Exchange(ref _wakeRequested, 1) == 0 && !_items.Writer.TryWrite(_wakeRequest)) _wakeRequested = 0;
    }

    /// <summary>Accepts nothing more. What was accepted is still taken.</summary>
    public void Close()
    {
        _closed = true;
        _items.Writer.TryComplete();
        _wake.Set();
        _room.Raise();
    }

    /// <summary>Drops and counts what waits for room, now and later, because the host stops and its servers wait for these requests.</summary>
    public void CancelWaits()
    {
        _waitsCanceled = true;
        _room.Raise();
    }

    /// <summary>Takes out all records that still wait, because the writer did not end in time.</summary>
    /// <returns>How many entries they are.</returns>
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

    /// <summary>Called at the end of the writer. Ends all requests that are not answered yet.</summary>
    public void WriterEnded() => _writerEnded.TrySetResult();

    /// <summary>Forgets what was pressing, since the writer is about to take it.</summary>
    public void ResetWake() => _wake.Reset();

    /// <summary>
    /// Blocks until something should not wait for the writer's rest, and no longer than this: a request, a reader, a batch that is full, half of the
    /// room taken, or the end.
    /// </summary>
    /// <returns>Whether there is something, since the last <see cref="ResetWake"/>.</returns>
    public bool WaitForBatch(TimeSpan longest) => _closed || _wake.Wait(longest);

    /// <summary>Waits for something to take; false when the queue is closed and empty.</summary>
    public ValueTask<bool> WaitAsync() => _items.Reader.WaitToReadAsync();

    /// <summary>Takes a record or a request. For the writer alone.</summary>
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

    /// <summary>Gives back the room of what was taken, and lets those go on who wait for it. Called once a batch, not once a record.</summary>
    public void ReleaseCapacity()
    {
        Interlocked.Add(ref _outstanding, _releasedRecords - _takenRecords);
        Volatile.Write(ref _releasedRecords, _takenRecords);
        Interlocked.Add(ref _bytes, -_takenBytes);
        _takenBytes = 0;
        _room.Raise();
    }

    /// <summary>Says that what was taken is stored, or lost, or held back while the store fails. For the writer alone.</summary>
    public void SetHandled()
    {
        Volatile.Write(ref _handledRecords, _takenRecords);
        _progress.Raise();
    }

    /// <summary>Lets a reader see what was accepted before: presses the writer to store it, and waits until it has, a second at most.</summary>
    public async ValueTask WaitForCommitAsync(CancellationToken cancellationToken)
    {
        await PendingWrites(cancellationToken).ConfigureAwait(false);

        // This paces machine work and is no part of what a test may see, so it goes by the system's clock whatever clock the library was given.
        var time = TimeProvider.System;
        var accepted = Volatile.Read(ref _accepted);
        var began = time.GetTimestamp();
        while (!_closed && !_waitsCanceled)
        {
            // The signal is taken before the look, so that progress in between is not missed.
            var progress = _progress.Next();
            var left = MaxCommitWait - time.GetElapsedTime(began);
            if (Volatile.Read(ref _handledRecords) >= accepted || left <= TimeSpan.Zero || cancellationToken.IsCancellationRequested) return;
            _wake.Set();
            await progress.WaitAsync(left, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>What was dropped since the last call.</summary>
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

        // A record that is larger than the bound itself is accepted when it is alone; otherwise it could never be.
        if ((total <= _options.MaxBytes || total == size) && TryEnqueue(record))
        {
            if (Interlocked.Increment(ref _accepted) - Volatile.Read(ref _releasedRecords) >= _wakeRecords || total >= _wakeBytes) _wake.Set();
            return true;
        }

        Interlocked.Add(ref _bytes, -size);
        return false;
    }

    /// <summary>With <see cref="QueueFullMode.Wait"/> the bound also counts what is held back while the store fails.</summary>
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
            // The signal is taken before the attempt, so that room given in between is not missed.
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
