namespace HoodyLogs;

/// <summary>
/// Keeps records, numbers them, and reads them back. One writer calls <see cref="AssignIds"/>, <see cref="AppendAsync"/>,
/// <see cref="DeleteScopeAsync"/> and <see cref="MaintainAsync"/>, one call at a time; reads run beside it from any number of threads.
/// </summary>
/// <remarks>
/// Reads see what was committed when they began, hold no transaction while a caller's visitor waits for a client, and end with
/// <see cref="OperationCanceledException"/> when cancelled. Data that an event keeps for admins (<see cref="LogRecord.ResponseData"/>) is shown to
/// <see cref="LogScope.All"/> only. Whatever fails below surfaces as <see cref="LogStoreException"/>.
/// </remarks>
public interface ILogStore : IAsyncDisposable
{
    /// <summary>The highest id committed or found at the start; 0 for a new store.</summary>
    long LastId { get; }

    /// <summary>The ids of this process are greater than this (decision T5).</summary>
    long LastIdBeforeStart { get; }

    /// <summary>Entries with smaller ids are gone by retention (or never were); it only grows.</summary>
    long FirstVisibleId { get; }

    /// <summary>
    /// Opens the store, creating it if there is none. Tries once, without waiting for another process; after a failure it is called again. Calls
    /// before it has succeeded fail with <see cref="LogStoreException"/>.
    /// </summary>
    /// <param name="cancellationToken">Cancels before anything is opened.</param>
    /// <exception cref="LogStoreException">
    /// Another process has it, it is of another version, or it cannot be created: the message says which and what to do.
    /// <see cref="LogStoreException.IsMisconfiguration"/> says whether trying again cannot help.
    /// </exception>
    Task OpenAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Gives numbers to those records of the batch, from the front, that have none, as far as ids are left below the durable ceiling
    /// (decision E3). Touches memory only, so that tails can go on while the store fails.
    /// </summary>
    /// <param name="batch">The records, in order.</param>
    /// <returns>How many records, from the front, are numbered now.</returns>
    int AssignIds(IReadOnlyList<LogRecord> batch);

    /// <summary>Numbers what is not numbered yet, writes the whole batch in one transaction and commits it. Does not let bodies go.</summary>
    /// <param name="batch">The records, in order; not empty.</param>
    /// <param name="cancellationToken">Cancels before anything is written; a write that has begun is finished.</param>
    /// <exception cref="LogStoreException">Nothing of the batch was stored. Numbers already given stay with their records: append the same batch again.</exception>
    ValueTask AppendAsync(IReadOnlyList<LogRecord> batch, CancellationToken cancellationToken);

    /// <summary>
    /// Shows one page of matching entries, in order. A read that looks at records (<see cref="LogFilter.RequiresScan"/>) should take neither the
    /// caller's thread nor more than <see cref="LogQuery.MaxScanTime"/>.
    /// </summary>
    /// <param name="scope">What the caller may see.</param>
    /// <param name="query">Which page.</param>
    /// <param name="visitor">Takes each entry. Must be quick: it writes to memory, never to a socket.</param>
    /// <param name="cancellationToken">Ends the read.</param>
    ValueTask<LogPage> ReadAsync(LogScope scope, LogQuery query, LogEntryVisitor visitor, CancellationToken cancellationToken);

    /// <summary>Shows one entry with its bodies.</summary>
    /// <param name="scope">What the caller may see; an entry outside of it is as good as none, by the same path.</param>
    /// <param name="id">Its id.</param>
    /// <param name="visitor">Takes the entry.</param>
    /// <param name="cancellationToken">Ends the read.</param>
    /// <returns>Whether there was one.</returns>
    ValueTask<bool> FindAsync(LogScope scope, long id, LogEntryVisitor visitor, CancellationToken cancellationToken);

    /// <summary>Counts the matching entries by each dimension, from the counts per series alone where the filter allows it.</summary>
    /// <param name="scope">What the caller may see.</param>
    /// <param name="filter">Which entries; must not look at records (<see cref="LogFilter.RequiresScan"/>).</param>
    /// <param name="cancellationToken">Ends the read.</param>
    ValueTask<LogStats> GetStatsAsync(LogScope scope, LogFilter filter, CancellationToken cancellationToken);

    /// <summary>Shows a tunnel's requests, newest first, or says that the tunnel is unknown in the scope.</summary>
    /// <param name="scope">What the caller may see.</param>
    /// <param name="query">Which tunnel and page.</param>
    /// <param name="visitor">Takes each response face.</param>
    /// <param name="cancellationToken">Ends the read.</param>
    /// <returns>The page; null where the scope has no entries of such a container.</returns>
    ValueTask<TunnelPage?> ReadTunnelAsync(LogScope scope, TunnelQuery query, LogEntryVisitor visitor, CancellationToken cancellationToken);

    /// <summary>
    /// Hides all that a container (or a project) has, durably before it returns; rows and bodies go later in small steps of
    /// <see cref="MaintainAsync"/>. What is appended afterwards under the same ids is new (decision T6).
    /// </summary>
    /// <param name="scope">The container's or the project's scope; not <see cref="LogScope.All"/>.</param>
    /// <param name="cancellationToken">Cancels before anything is written.</param>
    ValueTask DeleteScopeAsync(LogScope scope, CancellationToken cancellationToken);

    /// <summary>One small step (a few milliseconds of the write lock at most) of retention, of removing what was destroyed, or of giving space back.</summary>
    /// <param name="cancellationToken">Cancels between steps.</param>
    /// <returns>Whether more waits to be done.</returns>
    ValueTask<bool> MaintainAsync(CancellationToken cancellationToken);

    /// <summary>A random 32-byte key kept in the store, made when first asked for, shared by all who share the store (decision F5).</summary>
    /// <param name="cancellationToken">Ends the read.</param>
    ValueTask<byte[]> GetSigningKeyAsync(CancellationToken cancellationToken);
}
