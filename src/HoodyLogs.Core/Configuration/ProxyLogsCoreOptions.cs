using HoodyLogs.Configuration;


namespace HoodyLogs;

/// <summary>The options of the core: where entries go, how they are queued, kept and tailed. Section <c>ProxyLogs</c>.</summary>
public class ProxyLogsCoreOptions
{
    /// <summary>The name of the configuration section.</summary>
    public const string Section = "ProxyLogs";

    /// <summary>
    /// Whether the host does not start if the database cannot be opened. If false, the host starts without it, records wait in the queue
    /// (what does not fit is lost and counted), and opening is tried again with growing delays. A misconfiguration stops the start in any case.
    /// Default false. Read once at the start.
    /// </summary>
    public bool FailFast { get; set; }

    /// <summary>Gets or sets the options of the SQLite store.</summary>
    public SqliteOptions Sqlite { get; set; } = new();

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
        [nameof(FailFast), $"{nameof(Sqlite)}:{nameof(Sqlite.Database)}", $"{nameof(Sqlite)}:{nameof(Sqlite.MaxSeries)}", nameof(Queue), $"{nameof(Tail)}:{nameof(Tail.RingEntries)}"];

    /// <summary>Walks over every option that configuration can set.</summary>
    internal virtual void Walk(OptionsPass pass)
    {
        FailFast = pass.Switch(nameof(FailFast), FailFast);
        pass.Section(nameof(Sqlite), Sqlite, CoreSections.Sqlite);
        pass.Section(nameof(Queue), Queue, CoreSections.Queue);
        pass.Section(nameof(Retention), Retention, CoreSections.Retention);
        pass.Section(nameof(Tail), Tail, CoreSections.Tail);
    }
}
