using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using HoodyLogs.AspNetCore.Capture.Exchanges;

namespace HoodyLogs.AspNetCore.Capture.Taps;

/// <summary>Shows an exchange what is consumed from the request's pipe, and passes every call on.</summary>
internal sealed class RequestReaderTap(Exchange exchange, PipeReader inner) : PipeReader
{
    private ReadOnlySequence<byte> _shown;
    private bool _isLast;

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        var reading = inner.ReadAsync(cancellationToken);
        return reading.IsCompletedSuccessfully ? new ValueTask<ReadResult>(Show(reading.Result)) : ShowAsync(reading, cancellationToken);
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
        var shown = _shown;
        _shown = default;
        try
        {
            var taken = shown.Slice(shown.Start, consumed);
            exchange.Read(taken, isEnd: _isLast && taken.Length == shown.Length);
        }
#pragma warning disable CA1031 // a position of something else is the caller's mistake, and the server's to refuse
        catch (Exception)
#pragma warning restore CA1031
        {
        }

        inner.AdvanceTo(consumed, examined);
    }

    public override void CancelPendingRead() => inner.CancelPendingRead();

    public override void Complete(Exception? exception = null)
    {
        _shown = default;
        inner.Complete(exception);
    }

    public override ValueTask CompleteAsync(Exception? exception = null)
    {
        _shown = default;
        return inner.CompleteAsync(exception);
    }

    protected override ValueTask<ReadResult> ReadAtLeastAsyncCore(int minimumSize, CancellationToken cancellationToken)
    {
        var reading = inner.ReadAtLeastAsync(minimumSize, cancellationToken);
        return reading.IsCompletedSuccessfully ? new ValueTask<ReadResult>(Show(reading.Result)) : ShowAsync(reading, cancellationToken);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<ReadResult> ShowAsync(ValueTask<ReadResult> reading, CancellationToken cancellationToken)
    {
        try
        {
            return Show(await reading.ConfigureAwait(false));
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
        {
            exchange.NoteReadFailure(failure);
            throw;
        }
    }

    private ReadResult Show(in ReadResult result)
    {
        _shown = result.Buffer;
        _isLast = result.IsCompleted;
        return result;
    }
}
