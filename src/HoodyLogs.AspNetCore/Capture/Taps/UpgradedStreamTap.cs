using System.Runtime.CompilerServices;
using HoodyLogs.AspNetCore.Capture.Exchanges;

namespace HoodyLogs.AspNetCore.Capture.Taps;

/// <summary>Counts what passes over a connection that was taken over, both ways, and sees how a WebSocket is closed. Passes every call on.</summary>
internal sealed class UpgradedStreamTap(Stream inner, bool isWebSocket, Exchange exchange) : Stream
{
    private bool _follows = isWebSocket;
    private WebSocketFrames _fromClient;
    private WebSocketFrames _toClient;

    public long BytesIn { get; private set; }

    public long BytesOut { get; private set; }

    /// <summary>Whether the client's side ended while no side had said that it closes.</summary>
    public bool ClientVanished { get; private set; }

    /// <summary>Whether either side said that it closes.</summary>
    public bool IsClosed => _fromClient.IsClosed || _toClient.IsClosed;

    /// <summary>The status of the first close frame; 0 where none was seen or it has none.</summary>
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
            Received(buffer.Span[..read], isEnd: read == 0 && buffer.Length > 0);
            return read;
        }
        catch when (!cancellationToken.IsCancellationRequested)
        {
            Received(default, isEnd: true);
            throw;
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(Span<byte> buffer)
    {
        var read = inner.Read(buffer);
        Received(buffer[..read], isEnd: read == 0 && buffer.Length > 0);
        return read;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Sent(buffer.Span);
        return inner.WriteAsync(buffer, cancellationToken);
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        Sent(buffer);
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

    private void Received(ReadOnlySpan<byte> bytes, bool isEnd)
    {
        BytesIn += bytes.Length;
        ClientVanished |= isEnd && !IsClosed;
        if (_follows) Follow(ref _fromClient, bytes);
    }

    private void Sent(ReadOnlySpan<byte> bytes)
    {
        BytesOut += bytes.Length;
        if (_follows) Follow(ref _toClient, bytes);
    }

    private void Follow(ref WebSocketFrames frames, ReadOnlySpan<byte> bytes)
    {
        var isFirst = !IsClosed;
        try
        {
            frames.Follow(bytes);
        }
#pragma warning disable CA1031 // who uses a connection is not harmed by its capture; two at once may confuse what follows it
        catch (Exception exception)
#pragma warning restore CA1031
        {
            _follows = false;
            exchange.Failed(exception, "Following a WebSocket");
        }

        if (isFirst && frames.IsClosed) CloseStatus = frames.CloseStatus;
    }
}
