using HoodyLogs.Diagnostics;
using HoodyLogs.Tail.Ring;
using HoodyLogs.Writing.Queue;
using Microsoft.Extensions.Logging;

namespace HoodyLogs.Writing;

/// <summary>
/// Opens the store when the host starts. An environment problem does not prevent the start: records wait in the queue, and opening is retried with growing
/// delays until it succeeds or the host stops.
/// </summary>
internal sealed class StoreOpenRetry(
    ILogStore store, LogRing ring, WriterHealth health, LogMetrics metrics, bool failFast, TimeProvider time, ILogger logger)
{
    private readonly RetryBackoff _retry = new(time);
    private string? _logged;

    /// <summary>Tries to open the store during startup.</summary>
    /// <exception cref="Exception">The store is misconfigured, or it cannot be opened and <c>FailFast</c> is set.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            await store.OpenAsync(cancellationToken).ConfigureAwait(false);
            Opened();
        }
        catch (Exception failure) when (!StopsStart(failure, cancellationToken))
        {
            Failed(failure);
        }
    }

    /// <summary>Retries until the store is open, and once more when the host stops.</summary>
    /// <returns>Whether the store is open.</returns>
    public async ValueTask<bool> WaitAsync(CancellationToken stopping)
    {
        while (!health.IsOpen)
        {
            await Task.Delay(_retry.Current, time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            var isLast = stopping.IsCancellationRequested;
            await RetryAsync().ConfigureAwait(false);
            if (isLast) break;
        }

        return health.IsOpen;
    }

    /// <summary>Drops and counts all queued records when the host stops and the store is not open.</summary>
    public void DropAll(LogQueue queue)
    {
        long lost = queue.TakeDrops().Entries;
        while (queue.TryTake(out var item))
        {
            if (item is FlushRequest flush) flush.Complete();
            else if (item is WriterRequest request) request.Fail(new LogStoreException("The log writer stopped before the log store could be opened."));
            if (item is not LogRecord record) continue;
            lost += record.EntryCount;
            metrics.Dropped(record.EntryCount, DropReason.Stopped);
            record.ReleaseBodies();
        }

        queue.ReleaseCapacity();
        queue.SetHandled();
        if (lost > 0) WriterMessages.DroppedUnopened(logger, lost, health.Problem);
    }

    private async ValueTask RetryAsync()
    {
        try
        {
            await store.OpenAsync(CancellationToken.None).ConfigureAwait(false);
            Opened();
        }
        catch (Exception failure)
        {
            Failed(failure);
        }
    }

    private bool StopsStart(Exception failure, CancellationToken cancellationToken) =>
        failFast || cancellationToken.IsCancellationRequested || failure is LogStoreException { IsMisconfiguration: true };

    private void Opened()
    {
        ring.Start(Math.Max(store.LastId, store.LastIdBeforeStart));
        health.Opened();
        if (_logged is not null) WriterMessages.StoreOpened(logger);
    }

    /// <summary>Logs each cause once, not each attempt.</summary>
    private void Failed(Exception failure)
    {
        _retry.Failed();
        health.Degraded(failure.Message);
        if (failure.Message == _logged) return;
        _logged = failure.Message;
        try
        {
            WriterMessages.StoreNotOpened(logger, failure.Message, failure);
        }
        catch (Exception)
        {
            // A logging provider of the host failed. The next attempt must still run.
        }
    }
}
