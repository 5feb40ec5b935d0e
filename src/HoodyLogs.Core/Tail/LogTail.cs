using System.Runtime.CompilerServices;
using HoodyLogs.Diagnostics;
using HoodyLogs.Entries;
using HoodyLogs.Tail.Gaps;
using HoodyLogs.Tail.Ring;

namespace HoodyLogs.Tail;

/// <summary>A live tail that returns objects.</summary>
internal sealed class LogTail(LogRing ring, ILogStore store, GapHistory gaps, LogMetrics metrics) : ILogTail
{
    public async IAsyncEnumerable<LogEntry> ReadAsync(
        LogScope scope, LogFilter filter, long? afterId = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(scope);
        ArgumentNullException.ThrowIfNull(filter);
        if (await StartPositionAsync(cancellationToken).ConfigureAwait(false) is not { } start) yield break;
        using var cursor = new TailCursor(ring, store, gaps, scope, filter, afterId ?? start);
        using var cancelled = cancellationToken.UnsafeRegister(static cursor => ((TailCursor)cursor!).Wake(), cursor);
        var entries = new EntrySink(scope.IsAll);
        metrics.TailOpened();
        try
        {
            while (!cancellationToken.IsCancellationRequested)
            {
                // Read the flag before the entries, so that the last published entries are not missed.
                var ended = ring.IsCompleted;
                if (await ReadAsync(cursor, entries, cancellationToken).ConfigureAwait(false))
                {
                    foreach (var entry in entries.Taken) yield return entry;
                    entries.Taken.Clear();
                }
                else
                {
                    if (ended || cursor.DeletedScope is not null) yield break;
                    await cursor.WaitAsync().ConfigureAwait(false);
                }
            }
        }
        finally
        {
            metrics.TailClosed();
        }
    }

    /// <summary>Returns the current position, after the store has opened, or null if the tail is canceled first.</summary>
    private async ValueTask<long?> StartPositionAsync(CancellationToken cancellationToken)
    {
        if (ring.Started.IsCompleted) return ring.Position;
        await ((Task)ring.Started).WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return ring.Started.IsCompleted ? await ring.Started.ConfigureAwait(false) : null;
    }

    private static async ValueTask<bool> ReadAsync(TailCursor cursor, EntrySink sink, CancellationToken cancellationToken)
    {
        try
        {
            return await cursor.ReadAsync(sink, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    private sealed class EntrySink(bool forAdmin) : ITailSink
    {
        private const int Enough = 256;

        public List<LogEntry> Taken { get; } = [];

        public bool IsFull => Taken.Count >= Enough;

        public int WriteRun(RingChunk chunk, int from, int to)
        {
            for (var slot = from; slot < to; slot++)
            {
                if (IsFull) return slot;
                if (chunk.RecordAt(slot) is { } record) RecordEntryViews.Visit(record, chunk.PartAt(slot, record), forAdmin, WriteStored);
            }

            return to;
        }

        public void WriteStored(in LogEntryView entry) => Taken.Add(LogEntry.From(entry));

        public void WriteGap(Gap gap, long position)
        {
            // This tail returns only entries. Readers in scope receive drops as event entries.
        }
    }
}
