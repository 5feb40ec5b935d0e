namespace HoodyLogs;

/// <summary>The one way in: hand over a record and go on. Safe from any thread; never throws because of the store.</summary>
public interface ILogSink
{
    /// <summary>Hands a record over without ever waiting.</summary>
    /// <param name="record">The record; do not touch it afterwards.</param>
    /// <returns>False where the queue is full or closed; the loss has been counted and will be told.</returns>
    bool TryWrite(LogRecord record);

    /// <summary>Hands a record over; waits for room where <see cref="QueueOptions.WhenFull"/> is <see cref="QueueFullMode.Wait"/>, else is <see cref="TryWrite"/>.</summary>
    /// <param name="record">The record; do not touch it afterwards.</param>
    /// <param name="cancellationToken">Stops waiting; the record is then lost, counted and told.</param>
    /// <returns>Whether it was accepted.</returns>
    ValueTask<bool> WriteAsync(LogRecord record, CancellationToken cancellationToken);

    /// <summary>
    /// Waits until everything accepted before this call is committed to the store, or is lost and counted. First waits for exchanges that are answered but
    /// not recorded yet, for half a second after their answer at most. While the store cannot be opened or written, it waits until it can be again, or
    /// until the host has stopped.
    /// </summary>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="LogStoreException">The writer met an unexpected error. It keeps the records and tries again.</exception>
    Task FlushAsync(CancellationToken cancellationToken);
}
