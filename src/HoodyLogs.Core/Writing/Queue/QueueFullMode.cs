namespace HoodyLogs;

/// <summary>What happens to a record when the queue is full.</summary>
public enum QueueFullMode
{
    /// <summary>The record is dropped, counted, and reported as an event. No exchange waits.</summary>
    Drop,

    /// <summary>
    /// The exchange waits for room before it ends, for example for audits. Accepted records are not dropped, except those that are left after the shutdown budget
    /// of 5 seconds; they are counted and logged. While the store fails, exchanges wait until it works again. Memory then holds at most the limits of the queue
    /// and one batch. Log records of the host never wait: they are dropped and counted.
    /// </summary>
    Wait,
}
