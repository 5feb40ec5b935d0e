using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;

namespace HoodyLogs.AspNetCore.Capture.Taps;

/// <summary>Reports what is consumed from the pipe of a request, and passes every call on.</summary>
internal sealed class RequestReaderTap(IRequestBodyObserver observer, PipeReader inner) : PipeReader
{
    private ReadOnlySequence<byte> _buffer;
    private bool _isLast;

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        var reading = inner.ReadAsync(cancellationToken);
        return reading.IsCompletedSuccessfully ? new ValueTask<ReadResult>(Keep(reading.Result)) : KeepAsync(reading, cancellationToken);
    }

    public override bool TryRead(out ReadResult result)
    {
        if (!inner.TryRead(out result)) return false;
        Keep(result);
        return true;
    }

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        // Reported first: after the call the memory belongs to the server.
        var buffer = _buffer;
        _buffer = default;
        try
        {
            Report(buffer.Slice(buffer.Start, consumed), buffer.Length);
        }
#pragma warning disable CA1031 // the server rejects an invalid position
        catch (Exception)
#pragma warning restore CA1031
        {
        }

        inner.AdvanceTo(consumed, examined);
    }

    public override void CancelPendingRead() => inner.CancelPendingRead();

    public override void Complete(Exception? exception = null)
    {
        _buffer = default;
        inner.Complete(exception);
    }

    public override ValueTask CompleteAsync(Exception? exception = null)
    {
        _buffer = default;
        return inner.CompleteAsync(exception);
    }

    protected override ValueTask<ReadResult> ReadAtLeastAsyncCore(int minimumSize, CancellationToken cancellationToken)
    {
        var reading = inner.ReadAtLeastAsync(minimumSize, cancellationToken);
        return reading.IsCompletedSuccessfully ? new ValueTask<ReadResult>(Keep(reading.Result)) : KeepAsync(reading, cancellationToken);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<ReadResult> KeepAsync(ValueTask<ReadResult> reading, CancellationToken cancellationToken)
    {
        try
        {
            return Keep(await reading.ConfigureAwait(false));
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
        {
            observer.OnReadFailed(failure);
            throw;
        }
    }

    private void Report(in ReadOnlySequence<byte> consumed, long available)
    {
        var isEnd = _isLast && consumed.Length == available;
        foreach (var segment in consumed) observer.OnRead(segment.Span, isEnd);
        if (consumed.IsEmpty) observer.OnRead(default, isEnd);
    }

    private ReadResult Keep(in ReadResult result)
    {
        _buffer = result.Buffer;
        _isLast = result.IsCompleted;
        return result;
    }
}
