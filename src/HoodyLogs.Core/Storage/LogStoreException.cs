namespace HoodyLogs;

/// <summary>The store could not do what was asked; the inner exception is the database's own.</summary>
public sealed class LogStoreException : Exception
{
    /// <summary>The id of the record that is damaged, so that nothing can be shown of it; null where the failure is another one.</summary>
    public long? DamagedId { get; init; }

    /// <summary>
    /// Whether the store is configured wrongly, so that trying again does not help: <see cref="ILogStore.OpenAsync"/> then stops the start of the
    /// host. Any other failure to open leaves the host running, and opening is tried again. Default false.
    /// </summary>
    public bool IsMisconfiguration { get; init; }

    /// <summary>Makes one without a message.</summary>
    public LogStoreException()
    {
    }

    /// <summary>Makes one with a message that tells the reader what to do.</summary>
    /// <param name="message">The message.</param>
    public LogStoreException(string message)
        : base(message)
    {
    }

    /// <summary>Makes one with a message and its cause.</summary>
    /// <param name="message">The message.</param>
    /// <param name="innerException">The cause.</param>
    public LogStoreException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
