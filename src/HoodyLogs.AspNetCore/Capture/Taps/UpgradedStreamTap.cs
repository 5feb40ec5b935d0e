using System.Runtime.CompilerServices;
using HoodyLogs.AspNetCore.Capture.Diagnostics;

namespace HoodyLogs.AspNetCore.Capture.Taps;

/// <summary>Counts the bytes of an upgraded connection in both directions, and observes how a WebSocket is closed. Passes every call on.</summary>
internal sealed class UpgradedStreamTap(Stream inner, bool isWebSocket, CaptureFailures failures) : Stream
{
    private bool _readsFrames = isWebSocket;
    private WebSocketFrames _fromClient;
    private WebSocketFrames _toClient;

    public long BytesIn { get; private set; }

    public long BytesOut { get; private set; }

    /// <summary>Whether the client ended the connection before either side sent a close frame.</summary>
    public bool HasClientVanished { get; private set; }

    /// <summary>Whether either side sent a close frame.</summary>
    public bool IsClosed => _fromClient.IsClosed || _toClient.IsClosed;

    /// <summary>The status of the first close frame; 0 if there is no close frame or it has no status.</summary>
    public int CloseStatus { get; private set; }

    public override bool CanRead => inner.CanRead;

    public override bool CanSeek => inner.CanSeek;

    public override bool CanWrite => inner.CanWrite;

    public override bool CanTimeout => inner.CanTimeout;

    public override long Length => inner.Length;

    public override long Position
    {
        get => inner.Position;
        set => inner.Position = value;
    }

    public override int ReadTimeout
    {
        get => inner.ReadTimeout;
        set => inner.ReadTimeout = value;
    }

    public override int WriteTimeout
    {
        get => inner.WriteTimeout;
        set => inner.WriteTimeout = value;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            var read = await inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
            OnReceived(buffer.Span[..read], isEnd: read == 0 && buffer.Length > 0);
            return read;
        }
        catch when (!cancellationToken.IsCancellationRequested)
        {
            OnReceived(default, isEnd: true);
            throw;
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(Span<byte> buffer)
    {
        var read = inner.Read(buffer);
        OnReceived(buffer[..read], isEnd: read == 0 && buffer.Length > 0);
        return read;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        OnSent(buffer.Span);
        return inner.WriteAsync(buffer, cancellationToken);
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        OnSent(buffer);
        inner.Write(buffer);
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override IAsyncResult BeginRead(byte[] buffer, int offset, int count, AsyncCallback? callback, object? state) =>
        TaskToAsyncResult.Begin(ReadAsync(buffer, offset, count, CancellationToken.None), callback, state);

    public override int EndRead(IAsyncResult asyncResult) => TaskToAsyncResult.End<int>(asyncResult);

    public override IAsyncResult BeginWrite(byte[] buffer, int offset, int count, AsyncCallback? callback, object? state) =>
        TaskToAsyncResult.Begin(WriteAsync(buffer, offset, count, CancellationToken.None), callback, state);

    public override void EndWrite(IAsyncResult asyncResult) => TaskToAsyncResult.End(asyncResult);

    public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

    public override void Flush() => inner.Flush();

    public override long Seek(long offset, SeekOrigin origin) => inner.Seek(offset, origin);

    public override void SetLength(long value) => inner.SetLength(value);

    public override async ValueTask DisposeAsync()
    {
        await inner.DisposeAsync().ConfigureAwait(false);
        await base.DisposeAsync().ConfigureAwait(false);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) inner.Dispose();
        base.Dispose(disposing);
    }

    private void OnReceived(ReadOnlySpan<byte> bytes, bool isEnd)
    {
        BytesIn += bytes.Length;
        HasClientVanished |= isEnd && !IsClosed;
        if (_readsFrames) ReadFrames(ref _fromClient, bytes);
    }

    private void OnSent(ReadOnlySpan<byte> bytes)
    {
        BytesOut += bytes.Length;
        if (_readsFrames) ReadFrames(ref _toClient, bytes);
    }

    private void ReadFrames(ref WebSocketFrames frames, ReadOnlySpan<byte> bytes)
    {
        var isFirst = !IsClosed;
        try
        {
            frames.Read(bytes);
        }
#pragma warning disable CA1031 // capture must not fail a connection; concurrent writes may confuse the frame reader
        catch (Exception exception)
#pragma warning restore CA1031
        {
            _readsFrames = false;
            failures.Report(exception, "Following a WebSocket");
        }

        if (isFirst && frames.IsClosed) CloseStatus = frames.CloseStatus;
    }
}
