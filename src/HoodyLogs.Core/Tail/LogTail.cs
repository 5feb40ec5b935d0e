using System.Runtime.CompilerServices;
using HoodyLogs.Diagnostics;
using HoodyLogs.Entries;
using HoodyLogs.Tail.Gaps;
using HoodyLogs.Tail.Ring;

namespace HoodyLogs.Tail;

/// <summary>The live tail as objects.</summary>
internal sealed class LogTail(LogRing ring, ILogStore store, GapHistory losses, LogMetrics metrics) : ILogTail
{
    public async IAsyncEnumerable<LogEntry> ReadAsync(
        LogScope scope, LogFilter filter, long? afterId = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(scope);
        ArgumentNullException.ThrowIfNull(filter);
        long position;
        if (ring.Started.IsCompleted)
        {
            position = ring.Position;
        }
        else
        {
            // The store is not open yet: what is stored first is what comes next.
            await ((Task)ring.Started).WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!ring.Started.IsCompleted) yield break;
            position = await ring.Started.ConfigureAwait(false);
        }

        using var cursor = new TailCursor(ring, store, losses, scope, filter, afterId ?? position);
        using var cancelled = cancellationToken.UnsafeRegister(static cursor => ((TailCursor)cursor!).Wake(), cursor);
        var entries = new EntrySink(scope.IsAll);
        metrics.TailOpened();
        try
        {
            while (!cancellationToken.IsCancellationRequested)
            {
                // Asked before the read, so that what was published last is read before the end.
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

        public void WriteGap(Gap loss, long position)
        {
            // Entries alone are promised here; what was lost is an entry of its own for those who may see it.
        }
    }
}
