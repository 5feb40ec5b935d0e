namespace HoodyLogs;

/// <summary>The exception that the log store throws when an operation fails. The inner exception is the exception of the database or the file system.</summary>
public sealed class LogStoreException : Exception
{
    /// <summary>The id of the damaged record, if a damaged record caused the failure. Otherwise null.</summary>
    internal long? DamagedId { get; init; }

    /// <summary>
    /// Whether the store is configured wrongly, so that a retry cannot succeed. If <see cref="ILogStore.OpenAsync"/> throws such an exception, the host does
    /// not start. After any other failure to open, the host runs and opening is retried. Default: false.
    /// </summary>
    public bool IsMisconfiguration { get; init; }

    /// <summary>Creates an exception without a message.</summary>
    public LogStoreException()
    {
    }

    /// <summary>Creates an exception with a message.</summary>
    /// <param name="message">The cause and the remedy.</param>
    public LogStoreException(string message)
        : base(message)
    {
    }

    /// <summary>Creates an exception with a message and its cause.</summary>
    /// <param name="message">The cause and the remedy.</param>
    /// <param name="innerException">The exception that caused the failure.</param>
    public LogStoreException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
