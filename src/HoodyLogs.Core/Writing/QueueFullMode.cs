namespace HoodyLogs.Writing;

/// <summary>What happens to a record that finds the queue full.</summary>
public enum QueueFullMode
{
    /// <summary>It is dropped, counted and told; no exchange ever waits.</summary>
    Drop,

    /// <summary>The exchange waits for room before it ends (audit use).</summary>
    Wait,
}
