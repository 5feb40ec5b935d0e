using HoodyLogs.Tail.Ring;


namespace HoodyLogs.Tail;

/// <summary>Where a stream begins (decisions T3 to T5).</summary>
/// <param name="Position">The id after which it begins.</param>
/// <param name="IsReset">Whether the client is told first that the process is another one.</param>
/// <param name="Current">The newest id at that moment.</param>
internal readonly record struct TailStartPosition(long Position, bool IsReset, long Current)
{
    /// <summary>The start of a client.</summary>
    /// <param name="lastId">The id up to which it has everything; null for one that comes fresh.</param>
    /// <param name="tail">How many matching entries a fresh one wants first; 0 for the present.</param>
    /// <param name="ring">What is in memory.</param>
    /// <param name="store">What is stored.</param>
    /// <param name="scope">What it may see.</param>
    /// <param name="filter">Which entries it wants.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    public static ValueTask<TailStartPosition> FindAsync(
        long? lastId, int tail, LogRing ring, ILogStore store, LogScope scope, LogFilter filter, CancellationToken cancellationToken) =>
        lastId is { } last
            ? AfterAsync(last, ring, store, scope, filter, cancellationToken)
            : BeforeAsync(tail, ring, store, scope, filter, cancellationToken);

    private static async ValueTask<TailStartPosition> AfterAsync(
        long lastId, LogRing ring, ILogStore store, LogScope scope, LogFilter filter, CancellationToken cancellationToken)
    {
        var settled = ring.CommittedPosition;
        var view = ring.Snapshot;
        var current = view.Position;
        if (lastId == 0) return new TailStartPosition(view.StartPosition, false, current);
        if (lastId > current) return new TailStartPosition(current, true, current);
        if (lastId >= store.LastIdBeforeStart) return new TailStartPosition(lastId, false, current);
        var query = new LogQuery { Filter = filter, AfterId = lastId, BeforeId = current + 1, Limit = 1, CountTotal = false };
        var follows = await HasEntriesAsync(store, scope, query, cancellationToken).ConfigureAwait(false);

        // Of what the store could not take yet nothing is looked at here: the tail comes across it itself.
        return new TailStartPosition(follows ? lastId : Math.Min(settled, current), true, current);
    }

    private static async ValueTask<TailStartPosition> BeforeAsync(
        int count, LogRing ring, ILogStore store, LogScope scope, LogFilter filter, CancellationToken cancellationToken)
    {
        var settled = ring.CommittedPosition;
        var view = ring.Snapshot;
        if (count == 0) return new TailStartPosition(view.Position, false, view.Position);
        var query = new LogQuery { Filter = filter, BeforeId = view.Position + 1, Limit = count, Descending = true, CountTotal = false };
        var first = await FirstAsync(store, scope, query, cancellationToken).ConfigureAwait(false);
        return new TailStartPosition(first is { } id ? id - 1 : Math.Min(settled, view.Position), false, view.Position);
    }

    /// <summary>Whether there is an entry, if only a damaged one: the tail tells of that.</summary>
    private static async ValueTask<bool> HasEntriesAsync(ILogStore store, LogScope scope, LogQuery query, CancellationToken cancellationToken)
    {
        try
        {
            var page = await store.ReadAsync(scope, query, static (in LogEntryView _) => { }, cancellationToken).ConfigureAwait(false);
            return page.Count > 0 || page.ScannedToId is not null;
        }
        catch (LogStoreException failure) when (failure.DamagedId is not null)
        {
            return true;
        }
    }

    /// <summary>The id of the oldest entry of a page that goes backwards, or of the damaged one at which it ends.</summary>
    private static async ValueTask<long?> FirstAsync(ILogStore store, LogScope scope, LogQuery query, CancellationToken cancellationToken)
    {
        try
        {
            var page = await store.ReadAsync(scope, query, static (in LogEntryView _) => { }, cancellationToken).ConfigureAwait(false);
            return page.Count > 0 ? page.LastReturnedId : null;
        }
        catch (LogStoreException failure) when (failure.DamagedId is { } id)
        {
            return id;
        }
    }
}
