namespace HoodyLogs;

/// <summary>The limits on age, number and size of stored entries. Section <c>ProxyLogs:Retention</c>. Changes take effect on reload.</summary>
public sealed class RetentionOptions
{
    /// <summary>The maximum age of entries, by ingestion time. Older entries are deleted. Default: 7 days. Range: 1 minute to 10 years.</summary>
    public TimeSpan MaxAge { get; set; } = TimeSpan.FromDays(7);

    /// <summary>The maximum number of entries. The oldest entries are deleted first. Default: 10 000 000. 0 means no limit.</summary>
    public long MaxEntries { get; set; } = 10_000_000;

    /// <summary>
    /// The maximum size of the database, the write-ahead log and the bodies together, in bytes. It is checked once a second. The newest record is kept even
    /// if it is larger than the limit. Default: 0, no limit. Otherwise 1 MiB or more.
    /// </summary>
    public long MaxBytes { get; set; }

    /// <summary>
    /// The free disk space that writing must leave, in bytes. While the disk has less, entries are not written. They are dropped when the queue is full, and
    /// dropped entries are counted and reported. Default: 256 MiB. Range: 0 or more.
    /// </summary>
    public long MinFreeBytes { get; set; } = 268_435_456;
}
