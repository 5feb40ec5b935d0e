namespace HoodyLogs;

/// <summary>Extension methods that read entries of the store as objects.</summary>
public static class LogStoreExtensions
{
    /// <summary>Reads one page of matching entries.</summary>
    /// <param name="store">The store.</param>
    /// <param name="scope">The scope that the caller may read.</param>
    /// <param name="query">The filter, order and size of the page.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    public static async ValueTask<IReadOnlyList<LogEntry>> ListAsync(
        this ILogStore store, LogScope scope, LogQuery query, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(store);
        var entries = new List<LogEntry>();
        await store.ReadAsync(scope, query, (in LogEntryView entry) => entries.Add(LogEntry.From(entry)), cancellationToken).ConfigureAwait(false);
        return entries;
    }

    /// <summary>Reads one entry with its bodies.</summary>
    /// <param name="store">The store.</param>
    /// <param name="scope">The scope that the caller may read.</param>
    /// <param name="id">The id of the entry.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <returns>The entry. Null if it does not exist in the scope.</returns>
    public static async ValueTask<LogEntry?> FindAsync(
        this ILogStore store, LogScope scope, long id, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(store);
        LogEntry? found = null;
        await store.FindAsync(scope, id, (in LogEntryView entry) => found = LogEntry.From(entry), cancellationToken).ConfigureAwait(false);
        return found;
    }
}
