using HoodyLogs.OptionAttributes;
using HoodyLogs.Storage;
using Microsoft.Extensions.Options;

namespace HoodyLogs;

/// <summary>Options of the SQLite store. Section <c>ProxyLogs:Sqlite</c>.</summary>
public sealed class SqliteOptions
{
    /// <summary>
    /// Gets or sets the path of the database file. A relative path is relative to the content root. <c>:memory:</c> makes a store for tests: it is
    /// in a temporary folder, no other host can open it, and it is deleted when the host is disposed.
    /// </summary>
    /// <value>A path or <c>:memory:</c>. The default is <c>data/logs.db</c>. A change takes effect after a restart.</value>
    [DatabasePath, RestartOnly]
    public string Database { get; set; } = "data/logs.db";

    /// <summary>
    /// Gets or sets the maximum number of distinct series. When it is reached, records that need a new series are stored as unscoped, and counted.
    /// </summary>
    /// <value>1,000 to 10,000,000. The default is 100,000. A change takes effect after a restart.</value>
    [Number(1_000, 10_000_000), RestartOnly]
    public int MaxSeries { get; set; } = 100_000;

    /// <summary>
    /// Gets or sets the number of bytes that stay free on the disk. Writing stops while the disk has fewer. Records then wait in the queue; records
    /// that do not fit are dropped, counted and reported.
    /// </summary>
    /// <value>Bytes, 0 or more. The default is 268,435,456 (256 MiB). A reload takes effect.</value>
    [Number(0, long.MaxValue)]
    public long MinFreeBytes { get; set; } = 268_435_456;
}

[OptionsValidator]
internal sealed partial class SqliteOptionsValidator : IValidateOptions<SqliteOptions>;
