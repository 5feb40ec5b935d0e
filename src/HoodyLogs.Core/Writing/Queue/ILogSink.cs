namespace HoodyLogs;

/// <summary>Accepts records to store. Thread-safe. It never throws because of the store.</summary>
public interface ILogSink
{
    /// <summary>Queues a record without waiting.</summary>
    /// <param name="record">The record. Do not use it afterwards.</param>
    /// <returns>False if the queue is full or closed. The drop is then counted, and reported as an event.</returns>
    bool TryWrite(LogRecord record);

    /// <summary>
    /// Queues a record. It waits for room if <see cref="QueueOptions.WhenFull"/> is <see cref="QueueFullMode.Wait"/>. Otherwise it works like
    /// <see cref="TryWrite"/>.
    /// </summary>
    /// <param name="record">The record. Do not use it afterwards.</param>
    /// <param name="cancellationToken">Cancels the wait. The record is then dropped, counted, and reported as an event.</param>
    /// <returns>Whether the record was accepted.</returns>
    ValueTask<bool> WriteAsync(LogRecord record, CancellationToken cancellationToken);

    /// <summary>
    /// Waits until every record that was accepted before this call is committed, or dropped and counted. It first waits for exchanges that are answered but not
    /// recorded yet, at most half a second after their response. While the store cannot be opened or written, it waits until the store works again or the
    /// host has stopped.
    /// </summary>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <exception cref="LogStoreException">The writer had an unexpected error. It keeps the records and retries.</exception>
    Task FlushAsync(CancellationToken cancellationToken);
}
