using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;

namespace HoodyLogs.AspNetCore.Capture;

/// <summary>Shows an exchange what is consumed from the request's pipe, and passes every call on.</summary>
internal sealed class RequestReaderTap(Exchange exchange, PipeReader inner) : PipeReader
{
    private ReadOnlySequence<byte> _shown;
    private bool _isLast;

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        var reading = inner.ReadAsync(cancellationToken);
        return reading.IsCompletedSuccessfully ? new ValueTask<ReadResult>(Show(reading.Result)) : ShowAsync(reading);
    }

    public override bool TryRead(out ReadResult result)
    {
        if (!inner.TryRead(out result)) return false;
        Show(result);
        return true;
    }

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        // Seen before it is given back: afterwards the memory is the server's again.
        var taken = _shown.Slice(_shown.Start, consumed);
        exchange.Read(taken, isEnd: _isLast && taken.Length == _shown.Length);
        _shown = default;
        inner.AdvanceTo(consumed, examined);
    }

    public override void CancelPendingRead() => inner.CancelPendingRead();

    public override void Complete(Exception? exception = null) => inner.Complete(exception);

    public override ValueTask CompleteAsync(Exception? exception = null) => inner.CompleteAsync(exception);

    protected override ValueTask<ReadResult> ReadAtLeastAsyncCore(int minimumSize, CancellationToken cancellationToken)
    {
        var reading = inner.ReadAtLeastAsync(minimumSize, cancellationToken);
        return reading.IsCompletedSuccessfully ? new ValueTask<ReadResult>(Show(reading.Result)) : ShowAsync(reading);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<ReadResult> ShowAsync(ValueTask<ReadResult> reading) => Show(await reading.ConfigureAwait(false));

    private ReadResult Show(in ReadResult result)
    {
        _shown = result.Buffer;
        _isLast = result.IsCompleted;
        return result;
    }
}
