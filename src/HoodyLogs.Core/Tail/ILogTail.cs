namespace HoodyLogs;

/// <summary>A live tail for code in the same process. It returns all entries in order, without gaps or repetitions, as long as retention keeps them.</summary>
public interface ILogTail
{
    /// <summary>Returns all matching entries after a position and then new entries, until it is canceled or the host stops.</summary>
    /// <param name="scope">The scope of the reader.</param>
    /// <param name="filter">Selects the entries.</param>
    /// <param name="afterId">The id of the last entry that the reader has, or null to start with new entries.</param>
    /// <param name="cancellationToken">Ends the enumeration without an exception.</param>
    IAsyncEnumerable<LogEntry> ReadAsync(LogScope scope, LogFilter filter, long? afterId = null, CancellationToken cancellationToken = default);
}
