using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using HoodyLogs.AspNetCore.Capture.Exchanges;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace HoodyLogs.AspNetCore.Capture.Taps;

/// <summary>Stands in for the request body, as a stream and as a pipe, and shows the exchange what is read of it. Passes every call on.</summary>
internal sealed class RequestTap : Stream, IRequestBodyPipeFeature
{
    private readonly Exchange _exchange;
    private readonly Stream _inner;
    private readonly IRequestBodyPipeFeature? _innerPipe;
    private readonly PipeReader? _innerReader;
    private RequestReaderTap? _reader;
    private long _shownTo;

    private RequestTap(Exchange exchange)
    {
        _exchange = exchange;
        _inner = exchange.Context.Request.Body;
        _innerPipe = exchange.Context.Features.Get<IRequestBodyPipeFeature>();

        // Asked for now: once the stream is replaced, servers make a pipe of the replacement.
        _innerReader = _innerPipe?.Reader;
    }

    /// <summary>What can stand in for the body of an exchange, once it is installed.</summary>
    public static RequestTap Of(Exchange exchange) => new(exchange);

    public void Install(HttpContext context)
    {
        context.Request.Body = this;
        if (_innerPipe is not null) context.Features.Set<IRequestBodyPipeFeature>(this);
    }

    /// <summary>Gives the request its own stream back, unless somebody else replaced it meanwhile.</summary>
    public void RemoveStream(HttpContext context)
    {
        if (ReferenceEquals(context.Request.Body, this)) context.Request.Body = _inner;
    }

    /// <summary>Gives the request its own pipe back, unless somebody else replaced it meanwhile.</summary>
    public void RemovePipe(HttpContext context)
    {
        if (ReferenceEquals(context.Features.Get<IRequestBodyPipeFeature>(), this)) context.Features.Set(_innerPipe);
    }

    /// <summary>Where later middleware replaced the stream, the server makes a pipe of its stream, which reads from this one.</summary>
    PipeReader IRequestBodyPipeFeature.Reader => !_exchange.HasEnded && ReferenceEquals(_exchange.Context.Request.Body, this)
        ? _reader ??= new RequestReaderTap(_exchange, _innerReader!)
        : _innerPipe!.Reader;

    public override bool CanRead => _inner.CanRead;

    public override bool CanSeek => _inner.CanSeek;

    public override bool CanWrite => _inner.CanWrite;

    public override bool CanTimeout => _inner.CanTimeout;

    public override long Length => _inner.Length;

    public override long Position
    {
        get => _inner.Position;
        set => _inner.Position = value;
    }

    public override int ReadTimeout
    {
        get => _inner.ReadTimeout;
        set => _inner.ReadTimeout = value;
    }

    public override int WriteTimeout
    {
        get => _inner.WriteTimeout;
        set => _inner.WriteTimeout = value;
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var reading = _inner.ReadAsync(buffer, cancellationToken);
        if (!reading.IsCompletedSuccessfully) return CountAsync(reading, buffer, cancellationToken);
        var read = reading.Result;
        Show(buffer.Span[..read], isEnd: read == 0 && buffer.Length > 0);
        return new ValueTask<int>(read);
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(Span<byte> buffer)
    {
        var read = _inner.Read(buffer);
        Show(buffer[..read], isEnd: read == 0 && buffer.Length > 0);
        return read;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override IAsyncResult BeginRead(byte[] buffer, int offset, int count, AsyncCallback? callback, object? state) =>
        TaskToAsyncResult.Begin(ReadAsync(buffer, offset, count, CancellationToken.None), callback, state);

    public override int EndRead(IAsyncResult asyncResult) => TaskToAsyncResult.End<int>(asyncResult);

    public override Task CopyToAsync(Stream destination, int bufferSize, CancellationToken cancellationToken) => _inner.CanSeek
        ? base.CopyToAsync(destination, bufferSize, cancellationToken)
        : CopyAsync(destination, bufferSize, cancellationToken);

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        _inner.WriteAsync(buffer, cancellationToken);

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        _inner.WriteAsync(buffer, offset, count, cancellationToken);

    public override void Write(byte[] buffer, int offset, int count) => _inner.Write(buffer, offset, count);

    public override Task FlushAsync(CancellationToken cancellationToken) => _inner.FlushAsync(cancellationToken);

    public override void Flush() => _inner.Flush();

    public override long Seek(long offset, SeekOrigin origin) => _inner.Seek(offset, origin);

    public override void SetLength(long value) => _inner.SetLength(value);

    public override async ValueTask DisposeAsync()
    {
        await _inner.DisposeAsync().ConfigureAwait(false);
        await base.DisposeAsync().ConfigureAwait(false);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) _inner.Dispose();
        base.Dispose(disposing);
    }

    /// <summary>Where middleware outside buffers the body, it may be read again and again.</summary>
    private void Show(ReadOnlySpan<byte> bytes, bool isEnd)
    {
        try
        {
            if (_inner.CanSeek)
            {
                var fresh = Math.Clamp(_inner.Position - _shownTo, 0, bytes.Length);
                _shownTo = Math.Max(_shownTo, _inner.Position);
                bytes = bytes[^(int)fresh..];
            }
        }
#pragma warning disable CA1031 // who reads a body is not harmed by its capture
        catch (Exception exception)
#pragma warning restore CA1031
        {
            _exchange.Failed(exception, "Looking where a body is read");
        }

        _exchange.Read(bytes, isEnd);
    }

    /// <summary>By the server's own way, whose writes are of other sizes than those of reads and writes in turn.</summary>
    private async Task CopyAsync(Stream destination, int bufferSize, CancellationToken cancellationToken)
    {
        try
        {
            await _inner.CopyToAsync(destination is null ? null! : new CopyTap(_exchange, destination), bufferSize, cancellationToken).ConfigureAwait(false);
            _exchange.Read(default(ReadOnlySpan<byte>), isEnd: true);
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
        {
            _exchange.NoteReadFailure(failure);
            throw;
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<int> CountAsync(ValueTask<int> reading, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        try
        {
            var read = await reading.ConfigureAwait(false);
            Show(buffer.Span[..read], isEnd: read == 0 && buffer.Length > 0);
            return read;
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
        {
            _exchange.NoteReadFailure(failure);
            throw;
        }
    }
}
