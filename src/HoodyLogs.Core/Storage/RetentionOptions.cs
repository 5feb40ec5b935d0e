namespace HoodyLogs;

/// <summary>How long and how much is kept. Section <c>ProxyLogs:Retention</c>; takes effect on reload.</summary>
public sealed class RetentionOptions
{
    /// <summary>Older entries are gone, by ingestion time. Default 7 days; 1 minute to 10 years.</summary>
    public TimeSpan MaxAge { get; set; } = TimeSpan.FromDays(7);

    /// <summary>At most this many entries are kept, the newest. Default 10 000 000; 0 for no limit, else 1 or more.</summary>
    public long MaxEntries { get; set; } = 10_000_000;

    /// <summary>
    /// At most this many bytes of database, write-ahead log and bodies are kept, looked after once a second. The newest record stays, even where it
    /// alone is larger. Default 0: no limit; else 1 MiB or more.
    /// </summary>
    public long MaxBytes { get; set; }
}
