namespace HoodyLogs.AspNetCore.Capture.Taps;

/// <summary>Reports a request body while it is copied to a stream. Exists as long as the copy operation.</summary>
internal sealed class CopyTap(IRequestBodyObserver observer, Stream destination) : Stream
{
    public override bool CanRead => destination.CanRead;

    public override bool CanSeek => destination.CanSeek;

    public override bool CanWrite => destination.CanWrite;

    public override long Length => destination.Length;

    public override long Position
    {
        get => destination.Position;
        set => destination.Position = value;
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        observer.OnRead(buffer.Span, isEnd: false);
        return destination.WriteAsync(buffer, cancellationToken);
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
    {
        observer.OnRead(buffer.AsSpan(offset, count), isEnd: false);
        return destination.WriteAsync(buffer, offset, count, cancellationToken);
    }

    public override void Write(byte[] buffer, int offset, int count)
    {
        observer.OnRead(buffer.AsSpan(offset, count), isEnd: false);
        destination.Write(buffer, offset, count);
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        observer.OnRead(buffer, isEnd: false);
        destination.Write(buffer);
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => destination.FlushAsync(cancellationToken);

    public override void Flush() => destination.Flush();

    public override int Read(byte[] buffer, int offset, int count) => destination.Read(buffer, offset, count);

    public override long Seek(long offset, SeekOrigin origin) => destination.Seek(offset, origin);

    public override void SetLength(long value) => destination.SetLength(value);
}
