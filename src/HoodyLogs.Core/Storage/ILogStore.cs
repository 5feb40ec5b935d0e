namespace HoodyLogs;

/// <summary>
/// Stores records, assigns their ids, and reads them. One writer calls <see cref="AssignIds"/>, <see cref="AppendAsync"/>,
/// <see cref="DeleteScopeAsync"/> and <see cref="MaintainAsync"/>, one call at a time. Reads run concurrently from any number of threads.
/// </summary>
/// <remarks>
/// A read returns the entries that were committed when it began. It holds no transaction while a visitor waits for a client. A cancelled read throws
/// <see cref="OperationCanceledException"/>. Only <see cref="LogScope.All"/> reads the admin data of an event (<see cref="LogRecord.ResponseData"/>).
/// All other failures are thrown as <see cref="LogStoreException"/>.
/// </remarks>
public interface ILogStore : IAsyncDisposable
{
    /// <summary>The highest committed id. 0 for a new store.</summary>
    long LastId { get; }

    /// <summary>The highest id that may have been assigned before this process opened the store. Ids of this process are greater.</summary>
    long LastIdBeforeStart { get; }

    /// <summary>The lowest id that can be visible. Retention has removed all entries below it. It never decreases.</summary>
    long FirstVisibleId { get; }

    /// <summary>
    /// Opens the store and creates it if it does not exist. Tries once and does not wait for another process. After a failure, the call can be repeated.
    /// Until a call has succeeded, all other calls throw <see cref="LogStoreException"/>.
    /// </summary>
    /// <param name="cancellationToken">Cancels the call before anything is opened.</param>
    /// <exception cref="LogStoreException">
    /// Another process uses the store, the store has another version, or it cannot be created. The message names the cause and the remedy.
    /// <see cref="LogStoreException.IsMisconfiguration"/> is true if a retry cannot succeed.
    /// </exception>
    Task OpenAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Assigns ids to the records of the batch that have none, in order. Stops when the reserved ids are used up. It uses only memory, so live tails
    /// continue while the store is failing.
    /// </summary>
    /// <param name="batch">The records, in order.</param>
    /// <returns>The number of records at the start of the batch that have an id now.</returns>
    int AssignIds(IReadOnlyList<LogRecord> batch);

    /// <summary>Assigns missing ids, writes the batch in one transaction, and commits it. The caller still owns the bodies.</summary>
    /// <param name="batch">The records, in order.</param>
    /// <param name="cancellationToken">Cancels the call before anything is written. A write that has begun is completed.</param>
    /// <exception cref="LogStoreException">No record of the batch was stored. Assigned ids stay with their records. Append the same batch again.</exception>
    ValueTask AppendAsync(IReadOnlyList<LogRecord> batch, CancellationToken cancellationToken);

    /// <summary>
    /// Reads one page of matching entries, in order. A read that scans rows (<see cref="LogFilter.RequiresScan"/>) should not run on the caller's thread
    /// or for longer than <see cref="LogQuery.MaxScanTime"/>.
    /// </summary>
    /// <param name="scope">The scope that the caller may read.</param>
    /// <param name="query">The filter, order and size of the page.</param>
    /// <param name="visitor">Receives each entry. It must be quick: it may write to memory, but not to a socket.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    ValueTask<LogPage> ReadAsync(LogScope scope, LogQuery query, LogEntryVisitor visitor, CancellationToken cancellationToken);

    /// <summary>Reads one entry with its bodies.</summary>
    /// <param name="scope">The scope that the caller may read. An entry outside the scope is handled exactly like an entry that does not exist.</param>
    /// <param name="id">The id of the entry.</param>
    /// <param name="visitor">Receives the entry.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <returns>True if the entry was found.</returns>
    ValueTask<bool> FindAsync(LogScope scope, long id, LogEntryVisitor visitor, CancellationToken cancellationToken);

    /// <summary>Counts the matching entries by level, project, container and service. It reads no rows.</summary>
    /// <param name="scope">The scope that the caller may read.</param>
    /// <param name="filter">The filter. It must not require a scan (<see cref="LogFilter.RequiresScan"/>).</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    ValueTask<LogStats> GetStatsAsync(LogScope scope, LogFilter filter, CancellationToken cancellationToken);

    /// <summary>Reads the requests of a tunnel, newest first.</summary>
    /// <param name="scope">The scope that the caller may read.</param>
    /// <param name="query">The tunnel and the page.</param>
    /// <param name="visitor">Receives the response entry of each request.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <returns>The page. Null if the scope has no entries of the tunnel.</returns>
    ValueTask<TunnelPage?> ReadTunnelAsync(LogScope scope, TunnelQuery query, LogEntryVisitor visitor, CancellationToken cancellationToken);

    /// <summary>
    /// Hides all entries of a project or a container. The entries are hidden durably when the call returns. <see cref="MaintainAsync"/> removes their rows
    /// and bodies in small steps. Records that are appended later with the same project or container are visible.
    /// </summary>
    /// <param name="scope">The scope of the project or container. <see cref="LogScope.All"/> is not allowed.</param>
    /// <param name="cancellationToken">Cancels the call before anything is written.</param>
    ValueTask DeleteScopeAsync(LogScope scope, CancellationToken cancellationToken);

    /// <summary>
    /// Does one small step of maintenance: applies retention, purges deleted entries, or returns space to the file system. A step holds the write lock for
    /// a few milliseconds at most.
    /// </summary>
    /// <param name="cancellationToken">Cancels the call before the step begins.</param>
    /// <returns>True if there is more to do.</returns>
    ValueTask<bool> MaintainAsync(CancellationToken cancellationToken);

    /// <summary>Gets a random 32-byte key that is kept in the store. All processes that use the store get the same key.</summary>
    /// <param name="cancellationToken">Cancels the read.</param>
    ValueTask<byte[]> GetSigningKeyAsync(CancellationToken cancellationToken);
}
