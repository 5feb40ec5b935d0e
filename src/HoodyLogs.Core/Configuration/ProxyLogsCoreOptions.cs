using HoodyLogs.Configuration;


namespace HoodyLogs;

/// <summary>The options of the core: where entries go, how they are queued, kept and tailed. Section <c>ProxyLogs</c>.</summary>
public class ProxyLogsCoreOptions
{
    /// <summary>The name of the configuration section.</summary>
    public const string Section = "ProxyLogs";

    /// <summary>
    /// The database file. A relative path is relative to the content root. <c>:memory:</c> is a store of this host alone, for tests: it lies in a
    /// temporary folder, bodies included, and is deleted when the host is disposed of. Default <c>data/logs.db</c>. Read once at the start.
    /// </summary>
    public string Database { get; set; } = "data/logs.db";

    /// <summary>
    /// Whether the host does not start if the database cannot be opened. If false, the host starts without it, records wait in the queue
    /// (what does not fit is lost and counted), and opening is tried again with growing delays. A misconfiguration stops the start in any case.
    /// Default false. Read once at the start.
    /// </summary>
    public bool FailFast { get; set; }

    /// <summary>At most this many distinct series are kept; records of new scopes past it are stored with unknown scope, and counted. Default 100 000; 1 000 to 10 000 000.</summary>
    public int MaxSeries { get; set; } = 100_000;

    /// <summary>The queue in front of the writer.</summary>
    public QueueOptions Queue { get; set; } = new();

    /// <summary>How long and how much is kept.</summary>
    public RetentionOptions Retention { get; set; } = new();

    /// <summary>The live tail.</summary>
    public TailOptions Tail { get; set; } = new();

    /// <summary>What could not be read from configuration; reported together with what is out of range.</summary>
    internal OptionsErrors ReadErrors { get; } = new();

    /// <summary>The options and sections that are read once at the start. A reload cannot change them.</summary>
    internal virtual IReadOnlyList<string> RestartOnly =>
        [nameof(Database), nameof(FailFast), nameof(MaxSeries), nameof(Queue), $"{nameof(Tail)}:{nameof(Tail.RingEntries)}"];

    /// <summary>Walks over every option that configuration can set.</summary>
    internal virtual void Walk(OptionsPass pass)
    {
        Database = pass.Text(nameof(Database), Database, "the path of a file (no connection string and no file: URI), or :memory:", DatabasePath.IsValid);
        FailFast = pass.Switch(nameof(FailFast), FailFast);
        MaxSeries = pass.Number(nameof(MaxSeries), MaxSeries, 1_000, 10_000_000);
        pass.Section(nameof(Queue), Queue, CoreSections.Queue);
        pass.Section(nameof(Retention), Retention, CoreSections.Retention);
        pass.Section(nameof(Tail), Tail, CoreSections.Tail);
    }
}
