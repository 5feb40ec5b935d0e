namespace HoodyLogs;

/// <summary>Reads of the store as objects, for code within the process.</summary>
public static class LogStoreExtensions
{
    /// <summary>One page of matching entries.</summary>
    /// <param name="store">The store.</param>
    /// <param name="scope">What the caller may see.</param>
    /// <param name="query">Which page.</param>
    /// <param name="cancellationToken">Ends the read.</param>
    public static async ValueTask<IReadOnlyList<LogEntry>> ListAsync(
        this ILogStore store, LogScope scope, LogQuery query, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(store);
        var entries = new List<LogEntry>();
        await store.ReadAsync(scope, query, (in LogEntryView entry) => entries.Add(LogEntry.From(entry)), cancellationToken).ConfigureAwait(false);
        return entries;
    }

    /// <summary>One entry with its bodies, or null.</summary>
    /// <param name="store">The store.</param>
    /// <param name="scope">What the caller may see.</param>
    /// <param name="id">Its id.</param>
    /// <param name="cancellationToken">Ends the read.</param>
    public static async ValueTask<LogEntry?> FindAsync(
        this ILogStore store, LogScope scope, long id, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(store);
        LogEntry? found = null;
        await store.FindAsync(scope, id, (in LogEntryView entry) => found = LogEntry.From(entry), cancellationToken).ConfigureAwait(false);
        return found;
    }
}
