namespace HoodyLogs;

/// <summary>The live tail for code within the process: entries in order, nothing missing, nothing twice, for as long as retention holds them.</summary>
public interface ILogTail
{
    /// <summary>All matching entries after a position, then those to come, until cancelled or the process ends.</summary>
    /// <param name="scope">What the reader may see.</param>
    /// <param name="filter">Which entries.</param>
    /// <param name="afterId">The position: the id of the last entry already had; null for the present.</param>
    /// <param name="cancellationToken">Ends the enumeration, without an exception.</param>
    IAsyncEnumerable<LogEntry> ReadAsync(LogScope scope, LogFilter filter, long? afterId = null, CancellationToken cancellationToken = default);
}
