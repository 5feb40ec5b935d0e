using System.IO.Pipelines;
using HoodyLogs.AspNetCore.Capture.Exchanges;

namespace HoodyLogs.AspNetCore.Capture.Taps;

/// <summary>Shows an exchange what is written through the response's pipe, and passes every call on.</summary>
internal sealed class ResponseWriterTap(Exchange exchange, PipeWriter inner) : PipeWriter
{
    /// <summary>What was handed out last: the only place where the bytes that <see cref="Advance"/> tells of can be seen.</summary>
    private Memory<byte> _handedOut;

    public override bool CanGetUnflushedBytes => inner.CanGetUnflushedBytes;

    public override long UnflushedBytes => inner.UnflushedBytes;

    public override Memory<byte> GetMemory(int sizeHint = 0) => _handedOut = inner.GetMemory(sizeHint);

    public override Span<byte> GetSpan(int sizeHint = 0) => (_handedOut = inner.GetMemory(sizeHint)).Span;

    public override void Advance(int bytes)
    {
        // Seen once the server has taken it, which refuses what is more than was handed out or promised. It stays in place until it is flushed.
        inner.Advance(bytes);
        if ((uint)bytes > (uint)_handedOut.Length) return;
        exchange.Wrote(_handedOut.Span[..bytes]);
        _handedOut = _handedOut[bytes..];
    }

    public override ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default)
    {
        exchange.NoteAnswerBefore(source.Length);
        var writing = inner.WriteAsync(source, cancellationToken);
        if (!writing.IsCompleted || writing.IsCompletedSuccessfully) exchange.Wrote(source.Span);
        return exchange.IsLastByteWritten ? EndAsync(writing) : writing;
    }

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        _handedOut = default;
        exchange.NoteAnswerBefore(0); // what is flushed was counted when it was written
        var flushing = inner.FlushAsync(cancellationToken);
        return exchange.IsLastByteWritten ? EndAsync(flushing) : flushing;
    }

    public override void CancelPendingFlush() => inner.CancelPendingFlush();

    public override void Complete(Exception? exception = null) => inner.Complete(exception);

    public override ValueTask CompleteAsync(Exception? exception = null) => inner.CompleteAsync(exception);

    private async ValueTask<FlushResult> EndAsync(ValueTask<FlushResult> flushing)
    {
        var result = await flushing.ConfigureAwait(false);
        exchange.NoteLastByte();
        return result;
    }
}
