using System.IO.Pipelines;
using HoodyLogs.Diagnostics;
using HoodyLogs.Tail;
using HoodyLogs.Tail.Frames;
using HoodyLogs.Tail.Ring;
using Microsoft.AspNetCore.Http;

namespace HoodyLogs.AspNetCore.Endpoints.Stream;

/// <summary>
/// Runs one open stream: it writes the entries that are ready, flushes, and waits for more. While the client does not read, it waits in the flush and holds
/// no other resources.
/// </summary>
internal sealed class StreamSession : IDisposable
{
    private readonly PipeWriter _writer;
    private readonly TailCursor _cursor;
    private readonly LogRing _ring;
    private readonly FrameSink _sink;
    private readonly StreamAuthorization _authorization;
    private readonly Func<Task> _getReloadTask;
    private readonly TimeSpan _heartbeat;
    private readonly TimeProvider _time;
    private readonly LogMetrics _metrics;
    private readonly CancellationToken _stopping;
    private readonly CancellationTokenRegistration _wakeOnStop;
    private readonly ITimer _timer;
    private long _lastWrite;
    private volatile bool _isHeartbeatDue;
    private bool _isAborted;

    public StreamSession(
        HttpContext context, TailCursor cursor, LogRing ring, StreamAuthorization authorization, Func<Task> getReloadTask, TimeSpan heartbeat, TimeProvider time,
        LogMetrics metrics, CancellationToken stopping)
    {
        _writer = context.Response.BodyWriter;
        _cursor = cursor;
        _ring = ring;
        _sink = new FrameSink(_writer, ring.Encoder, cursor.Scope);
        _authorization = authorization;
        _getReloadTask = getReloadTask;
        _heartbeat = heartbeat;
        _time = time;
        _metrics = metrics;
        _stopping = stopping;
        _lastWrite = time.GetTimestamp();
        _wakeOnStop = stopping.UnsafeRegister(static cursor => ((TailCursor)cursor!).Wake(), cursor);
        _timer = time.CreateTimer(static session => ((StreamSession)session!).OnHeartbeatTimer(), this, heartbeat, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Runs until the client leaves, the server stops, the authorization ends or the scope is deleted.</summary>
    /// <returns>False if the end interrupted a flush, so that the connection must be aborted.</returns>
    public async Task<bool> RunAsync(TailStartPosition start)
    {
        // The response starts before the first entry, so that a client that loses the connection already knows its position.
        SseFrame.Retry(_writer);
        if (start.IsReset) SseFrame.Reset(_writer, start.Position, start.Current);
        else SseFrame.Position(_writer, start.Position);
        var isOpen = await FlushAsync().ConfigureAwait(false);
        while (isOpen && !_stopping.IsCancellationRequested && _authorization.IsStillAuthorized()) isOpen = await ReadAndSendAsync().ConfigureAwait(false);
        return !_isAborted;
    }

    public void Dispose()
    {
        _timer.Dispose();
        _wakeOnStop.Dispose();
    }

    /// <returns>Whether the stream continues.</returns>
    private async ValueTask<bool> ReadAndSendAsync()
    {
        var isCompleted = _ring.IsCompleted;
        var read = await ReadAsync().ConfigureAwait(false);
        if (_sink.Bytes > 0) return await FlushAsync().ConfigureAwait(false);
        if (read) return !_isHeartbeatDue || await SendHeartbeatAsync().ConfigureAwait(false);
        if (_cursor.DeletedScope is { } scope)
        {
            SseFrame.ScopeDestroyed(_writer, _cursor.Position, scope);
            await FlushAsync().ConfigureAwait(false);
            return false;
        }

        if (isCompleted) return false;
        if (_isHeartbeatDue) return await SendHeartbeatAsync().ConfigureAwait(false);
        await _cursor.WaitAsync().ConfigureAwait(false);
        return true;
    }

    private async ValueTask<bool> ReadAsync()
    {
        try
        {
            return await _cursor.ReadAsync(_sink, _stopping).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            return true;
        }
    }

    private async ValueTask<bool> SendHeartbeatAsync()
    {
        // A flush does not restart the timer, so something may have been written since it started.
        _isHeartbeatDue = false;
        var silence = _time.GetElapsedTime(_lastWrite);
        if (silence < _heartbeat)
        {
            _timer.Change(_heartbeat - silence, Timeout.InfiniteTimeSpan);
            return true;
        }

        SseFrame.Heartbeat(_writer);
        var isOpen = await FlushAsync().ConfigureAwait(false);
        _timer.Change(_heartbeat, Timeout.InfiniteTimeSpan);
        return isOpen;
    }

    private async ValueTask<bool> FlushAsync()
    {
        var flush = _writer.FlushAsync(CancellationToken.None);
        var result = flush.IsCompletedSuccessfully ? flush.Result : await WaitAsync(flush.AsTask()).ConfigureAwait(false);
        if (_isAborted) return false;
        _lastWrite = _time.GetTimestamp();
        _metrics.FramesWritten(_sink.Frames);
        _sink.Flushed();
        return !result.IsCompleted && !result.IsCanceled;
    }

    /// <summary>
    /// Waits until the client reads. The end of the stream, or a reload that ends the authorization, interrupts the wait but not the flush: bytes for which
    /// the client has room are still sent.
    /// </summary>
    private async Task<FlushResult> WaitAsync(Task<FlushResult> flush)
    {
        while (!flush.IsCompleted)
        {
            var reloaded = _getReloadTask();
            if (_isAborted = _stopping.IsCancellationRequested || !_authorization.IsStillAuthorized()) return default;
            Task flushOrReload = Task.WhenAny(flush, reloaded);
            await flushOrReload.WaitAsync(_stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return await flush.ConfigureAwait(false);
    }

    private void OnHeartbeatTimer()
    {
        _isHeartbeatDue = true;
        _cursor.Wake();
    }
}
