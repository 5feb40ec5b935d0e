namespace HoodyLogs;

/// <summary>What happens to a record that finds the queue full.</summary>
public enum QueueFullMode
{
    /// <summary>It is dropped, counted and told; no exchange ever waits.</summary>
    Drop,

    /// <summary>
    /// The exchange waits for room before it ends (audit use). Nothing that was accepted is dropped, except what is left when the shutdown budget of
    /// 5 seconds is over: it is counted and logged. While the store fails, exchanges wait until it works again; no more than the bounds of the
    /// queue and the batch that was being written are held in memory. Log records of the host never wait: they are dropped and counted.
    /// </summary>
    Wait,
}
