using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace HoodyLogs.AspNetCore.Capture.Taps;

/// <summary>Replaces the request body, as a stream and as a pipe, and reports what is read from it. Passes every call on.</summary>
internal sealed class RequestTap : Stream, IRequestBodyPipeFeature
{
    private readonly IRequestBodyObserver _observer;
    private readonly Stream _inner;
    private readonly IRequestBodyPipeFeature? _innerPipe;
    private readonly PipeReader? _innerReader;
    private RequestReaderTap? _reader;
    private long _reportedTo;

    private RequestTap(IRequestBodyObserver observer)
    {
        _observer = observer;
        _inner = observer.Context.Request.Body;
        _innerPipe = observer.Context.Features.Get<IRequestBodyPipeFeature>();

        // Read now: after the stream is replaced, servers create a pipe from the replacement.
        _innerReader = _innerPipe?.Reader;
    }

    /// <summary>Creates the replacement for the body of a request.</summary>
    public static RequestTap Create(IRequestBodyObserver observer) => new(observer);

    public void Install(HttpContext context)
    {
        context.Request.Body = this;
        if (_innerPipe is not null) context.Features.Set<IRequestBodyPipeFeature>(this);
    }

    /// <summary>Restores the stream of the request, unless middleware has replaced it again.</summary>
    public void RemoveStream(HttpContext context)
    {
        if (ReferenceEquals(context.Request.Body, this)) context.Request.Body = _inner;
    }

    /// <summary>Restores the pipe of the request, unless middleware has replaced it again.</summary>
    public void RemovePipe(HttpContext context)
    {
        if (ReferenceEquals(context.Features.Get<IRequestBodyPipeFeature>(), this)) context.Features.Set(_innerPipe);
    }

    /// <summary>If later middleware has replaced the stream, the server creates a pipe from the new stream, which reads from this one.</summary>
    PipeReader IRequestBodyPipeFeature.Reader => !_observer.HasEnded && ReferenceEquals(_observer.Context.Request.Body, this)
        ? _reader ??= new RequestReaderTap(_observer, _innerReader!)
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
        if (!reading.IsCompletedSuccessfully) return ReadAndReportAsync(reading, buffer, cancellationToken);
        var read = reading.Result;
        Report(buffer.Span[..read], isEnd: read == 0 && buffer.Length > 0);
        return new ValueTask<int>(read);
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(Span<byte> buffer)
    {
        var read = _inner.Read(buffer);
        Report(buffer[..read], isEnd: read == 0 && buffer.Length > 0);
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

    /// <summary>Reports bytes once. A body that middleware in front of capture buffers can be read several times.</summary>
    private void Report(ReadOnlySpan<byte> bytes, bool isEnd)
    {
        try
        {
            if (_inner.CanSeek)
            {
                var unreported = Math.Clamp(_inner.Position - _reportedTo, 0, bytes.Length);
                _reportedTo = Math.Max(_reportedTo, _inner.Position);
                bytes = bytes[^(int)unreported..];
            }
        }
#pragma warning disable CA1031 // capture must not fail the application that reads a body
        catch (Exception exception)
#pragma warning restore CA1031
        {
            _observer.Failures.Report(exception, "Looking where a body is read");
        }

        _observer.OnRead(bytes, isEnd);
    }

    /// <summary>Lets the server copy, because its writes have other sizes than the reads and writes of a loop.</summary>
    private async Task CopyAsync(Stream destination, int bufferSize, CancellationToken cancellationToken)
    {
        try
        {
            await _inner.CopyToAsync(destination is null ? null! : new CopyTap(_observer, destination), bufferSize, cancellationToken).ConfigureAwait(false);
            _observer.OnRead(default, isEnd: true);
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
        {
            _observer.OnReadFailed(failure);
            throw;
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<int> ReadAndReportAsync(ValueTask<int> reading, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        try
        {
            var read = await reading.ConfigureAwait(false);
            Report(buffer.Span[..read], isEnd: read == 0 && buffer.Length > 0);
            return read;
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
        {
            _observer.OnReadFailed(failure);
            throw;
        }
    }
}
