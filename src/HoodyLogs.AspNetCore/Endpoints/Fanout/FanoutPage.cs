using HoodyLogs.AspNetCore.Endpoints.Responses;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace HoodyLogs.AspNetCore.Endpoints.Fanout;

/// <summary>
/// One fanned-out page on its way out. It alternates: a short read of the store into memory, then a write to the client. So at most one batch is
/// in memory whatever the limit, and a client that stops reading stops the reads.
/// </summary>
internal sealed class FanoutPage(ILogStore store, TimeProvider time, ILogger logger, HttpContext context, ResponseBuffer buffer, LogQuery query) : IDisposable
{
    private const int BatchEntries = 1_000;
    private const int BatchBytes = 1024 * 1024;

    // A rare filter must not spend the whole budget on one batch: what a batch cut off by time has looked at, the next page looks at again.
    private const int BatchRecords = 50_000;

    private readonly ResponseBuffer _buffer = buffer;
    private readonly long _startedAt = time.GetTimestamp();
    private long _position = query.AfterId ?? 0;
    private int _left = query.Limit;
    private bool _leftOneOut;

    private enum Outcome
    {
        GoesOn,
        Limit,
        Timeout,
        Error,
        End,
        SnapshotExpired,
    }

    /// <summary>Writes entries, then the trailer.</summary>
    /// <param name="snapshot">The highest id to show.</param>
    /// <param name="budget">How long the page may take.</param>
    /// <param name="cursorAt">Makes the cursor that goes on after a position.</param>
    public async Task WriteAsync(long snapshot, TimeSpan budget, Func<long, string> cursorAt)
    {
        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        using var reading = new CancellationTokenSource(budget, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(reading.Token, context.RequestAborted);
        var outcome = _position < snapshot ? Outcome.GoesOn : Outcome.End;

        // The first batch is read whatever it takes, so that a walk by cursors always comes to its end.
        if (outcome == Outcome.GoesOn) outcome = await NextBatchAsync(context.RequestAborted).ConfigureAwait(false);
        while (outcome == Outcome.GoesOn)
        {
            outcome = time.GetElapsedTime(_startedAt) >= budget ? Outcome.Timeout : await NextBatchAsync(either.Token).ConfigureAwait(false);
        }

        WriteTrailer(outcome, cursorAt);
        await _buffer.SendAsync(context).ConfigureAwait(false);
    }

    public void Dispose() => _buffer.Dispose();

    private async ValueTask<Outcome> NextBatchAsync(CancellationToken cancellationToken)
    {
        var outcome = await ReadBatchAsync(cancellationToken).ConfigureAwait(false);
        if (outcome == Outcome.GoesOn) await _buffer.SendAsync(context).ConfigureAwait(false);
        return outcome;
    }

    private async ValueTask<Outcome> ReadBatchAsync(CancellationToken cancellationToken)
    {
        var before = _position;

        // One more than may be shown, to know whether the limit ended the page or the snapshot did.
        var wanted = Math.Min(BatchEntries, _left + 1);
        try
        {
            var page = await store.ReadAsync(
                LogScope.All,
                query with { AfterId = before, Limit = wanted, MaxBytes = BatchBytes, MaxScannedRecords = BatchRecords },
                Write,
                cancellationToken).ConfigureAwait(false);
            if (store.FirstVisibleId > before + 1) return Expire();
            if (_leftOneOut) return Outcome.Limit;
            if (page.ScannedToId is { } scanned) _position = scanned;
            else if (page.Count < wanted && !page.HasMore) return Outcome.End;
            return Outcome.GoesOn;
        }
        catch (OperationCanceledException) when (!context.RequestAborted.IsCancellationRequested)
        {
            // What was read before the time was up is whole, up to the position.
            return store.FirstVisibleId > before + 1 ? Expire() : Outcome.Timeout;
        }
        catch (LogStoreException failure) when (ResponseBuffer.HasSent(context))
        {
            EndpointMessages.ReadFailed(logger, failure);
            return Outcome.Error;
        }
    }

    private void Write(in LogEntryView entry)
    {
        if (_left == 0)
        {
            _leftOneOut = true;
            return;
        }

        LogEntryJson.Write(_buffer, entry);
        _buffer.Append("\n"u8);
        _position = entry.Id;
        _left--;
    }

    /// <summary>Retention passed while this batch was read: nobody knows whether it is whole.</summary>
    private Outcome Expire()
    {
        _buffer.Dispose();
        return Outcome.SnapshotExpired;
    }

    private void WriteTrailer(Outcome outcome, Func<long, string> cursorAt)
    {
        switch (outcome)
        {
            case Outcome.SnapshotExpired:
                FanoutTrailer.SnapshotExpired(_buffer);
                break;
            case Outcome.End:
                FanoutTrailer.Stopped(_buffer, null, "end"u8);
                break;
            case Outcome.Limit:
                FanoutTrailer.Stopped(_buffer, cursorAt(_position), "limit"u8);
                break;
            case Outcome.Timeout:
                FanoutTrailer.Stopped(_buffer, cursorAt(_position), "timeout"u8);
                break;
            default:
                FanoutTrailer.Stopped(_buffer, cursorAt(_position), "error"u8);
                break;
        }
    }
}
