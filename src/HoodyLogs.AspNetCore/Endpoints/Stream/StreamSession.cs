using System.IO.Pipelines;
using HoodyLogs.Diagnostics;
using HoodyLogs.Tail;
using HoodyLogs.Tail.Frames;
using HoodyLogs.Tail.Ring;
using Microsoft.AspNetCore.Http;

namespace HoodyLogs.AspNetCore.Endpoints.Stream;

/// <summary>One open stream: reads on, writes what is ready, flushes once, and waits. While its client does not read it waits in the flush and holds nothing else.</summary>
internal sealed class StreamSession : IDisposable
{
    private readonly PipeWriter _writer;
    private readonly TailCursor _cursor;
    private readonly LogRing _ring;
    private readonly FrameSink _sink;
    private readonly StreamAuthorization _permit;
    private readonly Func<Task> _nextReload;
    private readonly TimeSpan _heartbeat;
    private readonly TimeProvider _time;
    private readonly LogMetrics _metrics;
    private readonly CancellationToken _ending;
    private readonly CancellationTokenRegistration _wakeAtEnd;
    private readonly ITimer _timer;
    private long _lastWrite;
    private volatile bool _timeIsUp;
    private bool _cutOff;

    public StreamSession(
        HttpContext context, TailCursor cursor, LogRing ring, StreamAuthorization permit, Func<Task> nextReload, TimeSpan heartbeat, TimeProvider time,
        LogMetrics metrics, CancellationToken ending)
    {
        _writer = context.Response.BodyWriter;
        _cursor = cursor;
        _ring = ring;
        _sink = new FrameSink(_writer, ring.Encoder, cursor.Scope);
        _permit = permit;
        _nextReload = nextReload;
        _heartbeat = heartbeat;
        _time = time;
        _metrics = metrics;
        _ending = ending;
        _lastWrite = time.GetTimestamp();
        _wakeAtEnd = ending.UnsafeRegister(static cursor => ((TailCursor)cursor!).Wake(), cursor);
        _timer = time.CreateTimer(static session => ((StreamSession)session!).OnTime(), this, heartbeat, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Runs until the client leaves, the server stops, the permit ends or the scope is destroyed.</summary>
    /// <returns>False where the end cut off a flush that its client had yet to read.</returns>
    public async Task<bool> RunAsync(TailStartPosition start)
    {
        // Said at once, before the first entry: the response begins, and a client that loses it knows where it was.
        SseFrame.Retry(_writer);
        if (start.IsReset) SseFrame.Reset(_writer, start.Position, start.Current);
        else SseFrame.Position(_writer, start.Position);
        var open = await FlushAsync().ConfigureAwait(false);
        while (open && !_ending.IsCancellationRequested && _permit.IsStillAuthorized()) open = await TurnAsync().ConfigureAwait(false);
        return !_cutOff;
    }

    public void Dispose()
    {
        _timer.Dispose();
        _wakeAtEnd.Dispose();
    }

    /// <returns>Whether the stream goes on.</returns>
    private async ValueTask<bool> TurnAsync()
    {
        var ended = _ring.IsCompleted;
        var read = await ReadAsync().ConfigureAwait(false);
        if (_sink.Bytes > 0) return await FlushAsync().ConfigureAwait(false);
        if (read) return !_timeIsUp || await KeepAliveAsync().ConfigureAwait(false);
        if (_cursor.DeletedScope is { } scope)
        {
            SseFrame.ScopeDestroyed(_writer, _cursor.Position, scope);
            await FlushAsync().ConfigureAwait(false);
            return false;
        }

        if (ended) return false;
        if (_timeIsUp) return await KeepAliveAsync().ConfigureAwait(false);
        await _cursor.WaitAsync().ConfigureAwait(false);
        return true;
    }

    private async ValueTask<bool> ReadAsync()
    {
        try
        {
            return await _cursor.ReadAsync(_sink, _ending).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (_ending.IsCancellationRequested)
        {
            return true;
        }
    }

    private async ValueTask<bool> KeepAliveAsync()
    {
        // The timer is not moved with every flush, so it may find that something was written since it was set.
        _timeIsUp = false;
        var silence = _time.GetElapsedTime(_lastWrite);
        if (silence < _heartbeat)
        {
            _timer.Change(_heartbeat - silence, Timeout.InfiniteTimeSpan);
            return true;
        }

        SseFrame.Heartbeat(_writer);
        var open = await FlushAsync().ConfigureAwait(false);
        _timer.Change(_heartbeat, Timeout.InfiniteTimeSpan);
        return open;
    }

    private async ValueTask<bool> FlushAsync()
    {
        var flush = _writer.FlushAsync(CancellationToken.None);
        var result = flush.IsCompletedSuccessfully ? flush.Result : await WaitAsync(flush.AsTask()).ConfigureAwait(false);
        if (_cutOff) return false;
        _lastWrite = _time.GetTimestamp();
        _metrics.FramesWritten(_sink.Frames);
        _sink.Flushed();
        return !result.IsCompleted && !result.IsCanceled;
    }

    /// <summary>
    /// Waits for a client to read. The stream's end, or a reload that takes the permit away, cuts the wait off, not the flush: what a client that
    /// reads has room for is still sent.
    /// </summary>
    private async Task<FlushResult> WaitAsync(Task<FlushResult> flush)
    {
        while (!flush.IsCompleted)
        {
            var reload = _nextReload();
            if (_cutOff = _ending.IsCancellationRequested || !_permit.IsStillAuthorized()) return default;
            Task either = Task.WhenAny(flush, reload);
            await either.WaitAsync(_ending).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return await flush.ConfigureAwait(false);
    }

    private void OnTime()
    {
        _timeIsUp = true;
        _cursor.Wake();
    }
}
