using HoodyLogs.AspNetCore.Endpoints.Responses;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace HoodyLogs.AspNetCore.Endpoints.Fanout;

/// <summary>
/// Writes one fanned-out page. It reads a batch into memory, sends it, and reads the next. So memory holds at most one batch for any limit, and a client
/// that stops reading stops the reads.
/// </summary>
internal sealed class FanoutPage(ILogStore store, TimeProvider time, ILogger logger, HttpContext context, ResponseBuffer buffer, LogQuery query) : IDisposable
{
    private const int BatchEntries = 1_000;
    private const int BatchBytes = 1024 * 1024;

    // A batch that the timeout cuts off is scanned again by the next page, so no batch may use the whole time of a page.
    private const int BatchRecords = 50_000;

    private readonly ResponseBuffer _buffer = buffer;
    private readonly long _startedAt = time.GetTimestamp();
    private long _position = query.AfterId ?? 0;
    private int _remaining = query.Limit;
    private bool _hasMore;

    private enum Outcome
    {
        Continue,
        Limit,
        Timeout,
        Error,
        End,
        SnapshotExpired,
    }

    /// <summary>Writes entries, then the trailer.</summary>
    /// <param name="snapshot">The highest id of the page.</param>
    /// <param name="timeout">The maximum duration of the page.</param>
    /// <param name="createCursor">Creates the cursor that continues after a position.</param>
    public async Task WriteAsync(long snapshot, TimeSpan timeout, Func<long, string> createCursor)
    {
        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        using var timeoutSource = new CancellationTokenSource(timeout, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(timeoutSource.Token, context.RequestAborted);
        var outcome = _position < snapshot ? Outcome.Continue : Outcome.End;

        // The timeout does not apply to the first batch, so that each page makes progress.
        if (outcome == Outcome.Continue) outcome = await SendBatchAsync(context.RequestAborted).ConfigureAwait(false);
        while (outcome == Outcome.Continue)
        {
            outcome = time.GetElapsedTime(_startedAt) >= timeout ? Outcome.Timeout : await SendBatchAsync(linked.Token).ConfigureAwait(false);
        }

        WriteTrailer(outcome, createCursor);
        await _buffer.SendAsync(context).ConfigureAwait(false);
    }

    public void Dispose() => _buffer.Dispose();

    private async ValueTask<Outcome> SendBatchAsync(CancellationToken cancellationToken)
    {
        var outcome = await ReadBatchAsync(cancellationToken).ConfigureAwait(false);
        if (outcome == Outcome.Continue) await _buffer.SendAsync(context).ConfigureAwait(false);
        return outcome;
    }

    private async ValueTask<Outcome> ReadBatchAsync(CancellationToken cancellationToken)
    {
        var before = _position;

        // One more than the limit, to distinguish the end of the page from the end of the snapshot.
        var limit = Math.Min(BatchEntries, _remaining + 1);
        try
        {
            var page = await store.ReadAsync(
                LogScope.All,
                query with { AfterId = before, Limit = limit, MaxBytes = BatchBytes, MaxScannedRecords = BatchRecords },
                Write,
                cancellationToken).ConfigureAwait(false);
            if (store.FirstVisibleId > before + 1) return DiscardExpired();
            if (_hasMore) return Outcome.Limit;
            if (page.ScannedToId is { } scanned) _position = scanned;
            else if (page.Count < limit && !page.HasMore) return Outcome.End;
            return Outcome.Continue;
        }
        catch (OperationCanceledException) when (!context.RequestAborted.IsCancellationRequested)
        {
            // The entries up to the position are complete.
            return store.FirstVisibleId > before + 1 ? DiscardExpired() : Outcome.Timeout;
        }
        catch (LogStoreException failure) when (ResponseBuffer.HasSent(context))
        {
            EndpointMessages.ReadFailed(logger, failure);
            return Outcome.Error;
        }
    }

    private void Write(in LogEntryView entry)
    {
        if (_remaining == 0)
        {
            _hasMore = true;
            return;
        }

        LogEntryJson.Write(_buffer, entry);
        _buffer.Append("\n"u8);
        _position = entry.Id;
        _remaining--;
    }

    /// <summary>Discards a batch that may be incomplete, because retention removed entries while it was read.</summary>
    private Outcome DiscardExpired()
    {
        _buffer.Dispose();
        return Outcome.SnapshotExpired;
    }

    private void WriteTrailer(Outcome outcome, Func<long, string> createCursor)
    {
        switch (outcome)
        {
            case Outcome.SnapshotExpired:
                FanoutTrailer.WriteSnapshotExpired(_buffer);
                break;
            case Outcome.End:
                FanoutTrailer.WriteStopped(_buffer, null, "end"u8);
                break;
            case Outcome.Limit:
                FanoutTrailer.WriteStopped(_buffer, createCursor(_position), "limit"u8);
                break;
            case Outcome.Timeout:
                FanoutTrailer.WriteStopped(_buffer, createCursor(_position), "timeout"u8);
                break;
            default:
                FanoutTrailer.WriteStopped(_buffer, createCursor(_position), "error"u8);
                break;
        }
    }
}
