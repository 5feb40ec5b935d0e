namespace HoodyLogs;

/// <summary>Limits on the age, number and size of stored entries. Section <c>ProxyLogs:Retention</c>.</summary>
public sealed class RetentionOptions
{
    /// <summary>Gets or sets the maximum age of entries, by ingestion time. Older entries are deleted.</summary>
    /// <value>1 minute to 10 years. The default is 7 days. A reload takes effect.</value>
    public TimeSpan MaxAge { get; set; } = TimeSpan.FromDays(7);

    /// <summary>Gets or sets the maximum number of entries. The oldest entries are deleted first.</summary>
    /// <value>1 or more, or 0 for no limit. The default is 10,000,000. A reload takes effect.</value>
    public long MaxEntries { get; set; } = 10_000_000;

    /// <summary>
    /// Gets or sets the maximum size of the database, the write-ahead log and the bodies together. It is checked once a second. The oldest entries are
    /// deleted first. The newest record is kept even if it is larger than the limit.
    /// </summary>
    /// <value>Bytes, 1,048,576 (1 MiB) or more, or 0 for no limit. The default is 0. A reload takes effect.</value>
    public long MaxBytes { get; set; }
}
