using HoodyLogs.Configuration;
using HoodyLogs.OptionAttributes;
using Microsoft.Extensions.Options;

namespace HoodyLogs;

/// <summary>Options of the store, its writer and the tail. Section <c>ProxyLogs</c>.</summary>
public class ProxyLogsCoreOptions
{
    /// <summary>The name of the configuration section.</summary>
    public const string SectionName = "ProxyLogs";

    /// <summary>
    /// Gets or sets whether the host fails to start if the database cannot be opened. If false, the host starts without the database, records wait in
    /// the queue, and opening is tried again with growing delays. Records that do not fit in the queue are dropped and counted. The host never
    /// starts with invalid options.
    /// </summary>
    /// <value>The default is false. A change takes effect after a restart.</value>
    [RestartOnly]
    public bool FailFast { get; set; }

    /// <summary>Gets or sets the options of the SQLite store.</summary>
    [Section, ValidateObjectMembers(typeof(SqliteOptionsValidator))]
    public SqliteOptions Sqlite { get; set; } = new();

    /// <summary>Gets or sets the options of the queue. Changes take effect after a restart.</summary>
    [Section, ValidateObjectMembers(typeof(QueueOptionsValidator)), RestartOnly]
    public QueueOptions Queue { get; set; } = new();

    /// <summary>Gets or sets the options that limit how long and how much is stored.</summary>
    [Section, ValidateObjectMembers(typeof(RetentionOptionsValidator))]
    public RetentionOptions Retention { get; set; } = new();

    /// <summary>Gets or sets the options of the live tail.</summary>
    [Section, ValidateObjectMembers(typeof(TailOptionsValidator))]
    public TailOptions Tail { get; set; } = new();

    /// <summary>Gets the errors of the configuration. They are reported with those of the validation.</summary>
    internal OptionsErrors ReadErrors { get; } = new();
}
