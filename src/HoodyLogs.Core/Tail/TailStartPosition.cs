using HoodyLogs.Tail.Ring;


namespace HoodyLogs.Tail;

/// <summary>Where a stream starts.</summary>
/// <param name="Position">The id after which the stream starts.</param>
/// <param name="IsReset">Whether the stream first sends a reset, because the process has restarted or the id is unknown.</param>
/// <param name="Current">The newest id at that time.</param>
internal readonly record struct TailStartPosition(long Position, bool IsReset, long Current)
{
    /// <summary>Finds the start position of a client.</summary>
    /// <param name="lastId">The last id that the client has, or null for a new client.</param>
    /// <param name="tail">The number of matching entries to send to a new client first. 0 sends only new entries.</param>
    /// <param name="ring">The ring.</param>
    /// <param name="store">The store.</param>
    /// <param name="scope">The scope of the client.</param>
    /// <param name="filter">The filter of the client.</param>
    /// <param name="cancellationToken">Cancels the search.</param>
    public static ValueTask<TailStartPosition> FindAsync(
        long? lastId, int tail, LogRing ring, ILogStore store, LogScope scope, LogFilter filter, CancellationToken cancellationToken) =>
        lastId is { } last
            ? AfterAsync(last, ring, store, scope, filter, cancellationToken)
            : BeforeAsync(tail, ring, store, scope, filter, cancellationToken);

    private static async ValueTask<TailStartPosition> AfterAsync(
        long lastId, LogRing ring, ILogStore store, LogScope scope, LogFilter filter, CancellationToken cancellationToken)
    {
        var committed = ring.CommittedPosition;
        var snapshot = ring.Snapshot;
        var current = snapshot.Position;
        if (lastId == 0) return new TailStartPosition(snapshot.StartPosition, false, current);
        if (lastId > current) return new TailStartPosition(current, true, current);
        if (lastId >= store.LastIdBeforeStart) return new TailStartPosition(lastId, false, current);
        var query = new LogQuery { Filter = filter, AfterId = lastId, BeforeId = current + 1, Limit = 1, CountTotal = false };
        var follows = await HasEntriesAsync(store, scope, query, cancellationToken).ConfigureAwait(false);

        // Entries that the store has not committed yet are not checked here. The tail reads them later.
        return new TailStartPosition(follows ? lastId : Math.Min(committed, current), true, current);
    }

    private static async ValueTask<TailStartPosition> BeforeAsync(
        int count, LogRing ring, ILogStore store, LogScope scope, LogFilter filter, CancellationToken cancellationToken)
    {
        var committed = ring.CommittedPosition;
        var snapshot = ring.Snapshot;
        if (count == 0) return new TailStartPosition(snapshot.Position, false, snapshot.Position);
        var query = new LogQuery { Filter = filter, BeforeId = snapshot.Position + 1, Limit = count, Descending = true, CountTotal = false };
        var first = await FirstAsync(store, scope, query, cancellationToken).ConfigureAwait(false);
        return new TailStartPosition(first is { } id ? id - 1 : Math.Min(committed, snapshot.Position), false, snapshot.Position);
    }

    /// <summary>Returns whether an entry exists. A damaged entry counts, because the tail reports it.</summary>
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

    /// <summary>Returns the oldest id of a descending page, or the id of the damaged entry that ends it.</summary>
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
