using System.IO.Pipelines;

namespace HoodyLogs.AspNetCore.Capture.Taps;

/// <summary>Reports what is written to the pipe of a response, and passes every call on.</summary>
internal sealed class ResponseWriterTap(IResponseBodyObserver observer, PipeWriter inner) : PipeWriter
{
    /// <summary>The memory that the application writes to before it calls <see cref="Advance"/>.</summary>
    private Memory<byte> _memory;

    public override bool CanGetUnflushedBytes => inner.CanGetUnflushedBytes;

    public override long UnflushedBytes => inner.UnflushedBytes;

    public override Memory<byte> GetMemory(int sizeHint = 0) => _memory = inner.GetMemory(sizeHint);

    public override Span<byte> GetSpan(int sizeHint = 0) => (_memory = inner.GetMemory(sizeHint)).Span;

    public override void Advance(int bytes)
    {
        // Reported after the server has accepted the bytes. They stay in the memory until they are flushed.
        inner.Advance(bytes);
        if ((uint)bytes > (uint)_memory.Length) return;
        observer.OnWritten(_memory.Span[..bytes]);
        _memory = _memory[bytes..];
    }

    public override ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default)
    {
        observer.OnWriting(source.Length);
        var writing = inner.WriteAsync(source, cancellationToken);
        if (!writing.IsCompleted || writing.IsCompletedSuccessfully) observer.OnWritten(source.Span);
        return observer.IsLastByteWritten ? EndAsync(writing) : writing;
    }

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        _memory = default;
        observer.OnWriting(0); // the flushed bytes are counted already
        var flushing = inner.FlushAsync(cancellationToken);
        return observer.IsLastByteWritten ? EndAsync(flushing) : flushing;
    }

    public override void CancelPendingFlush() => inner.CancelPendingFlush();

    public override void Complete(Exception? exception = null) => inner.Complete(exception);

    public override ValueTask CompleteAsync(Exception? exception = null) => inner.CompleteAsync(exception);

    private async ValueTask<FlushResult> EndAsync(ValueTask<FlushResult> flushing)
    {
        var result = await flushing.ConfigureAwait(false);
        observer.OnLastByteWritten();
        return result;
    }
}
