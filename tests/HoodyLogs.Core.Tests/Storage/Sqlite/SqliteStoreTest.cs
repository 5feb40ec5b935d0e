using HoodyLogs.Storage.Sqlite;
using HoodyLogs.Storage.Sqlite.Database;
using HoodyLogs.TestSupport;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using NUnit.Framework;

namespace HoodyLogs.Core.Tests.Storage.Sqlite;

/// <summary>The base of tests of the SQLite store. Provides a folder, a clock, limits that a test can change, and a method to open the store.</summary>
public abstract class SqliteStoreTest
{
    protected TestFolder Folder { get; private set; } = null!;

    protected string FilePath => Folder.Database;

    protected ManualTime Time { get; private set; } = null!;

    protected RetentionOptions Retention { get; private set; } = null!;

    protected long MinFreeBytes { get; set; }

    private protected SqliteStoreSettings Settings { get; set; } = null!;

    [SetUp]
    public void Begin()
    {
        Folder = new TestFolder();
        Time = new ManualTime();
        Retention = new RetentionOptions();
        MinFreeBytes = 0;
        Settings = new SqliteStoreSettings(Folder.Database) { BeforeFirstId = 0, MinFreeBytes = () => MinFreeBytes };
    }

    [TearDown]
    public void End() => Folder.Dispose();

    private protected async Task<SqliteLogStore> OpenAsync(ILogger<SqliteLogStore>? logger = null, string? path = null)
    {
        var settings = path is null ? Settings : Settings with { Path = path };
        var store = new SqliteLogStore(settings, () => Retention, Time, logger ?? NullLogger<SqliteLogStore>.Instance);
        await store.OpenAsync(CancellationToken.None);
        return store;
    }

    private protected static async Task<List<long>> Ids(ILogStore store, LogQuery? query = null, LogScope? scope = null)
    {
        var ids = new List<long>();
        await store.ReadAsync(
            scope ?? LogScope.All, query ?? new LogQuery { Limit = int.MaxValue }, (in LogEntryView entry) => ids.Add(entry.Id), CancellationToken.None);
        return ids;
    }

    private protected static async Task<LogRecord[]> Append(ILogStore store, params LogRecord[] records)
    {
        await store.AppendAsync(records, CancellationToken.None);
        return records;
    }

    private protected static Task<LogRecord[]> AppendMany(ILogStore store, int count, Func<int, LogRecord>? make = null) =>
        Append(store, [.. Enumerable.Range(0, count).Select(make ?? (_ => Some.Exchange()))]);

    private protected static async Task MaintainAll(ILogStore store)
    {
        while (await store.MaintainAsync(CancellationToken.None))
        {
        }
    }

    /// <summary>Runs SQL on the file through another connection.</summary>
    protected long Sql(string sql)
    {
        using var other = new SqliteConnection($"Data Source={FilePath};Pooling=False");
        other.Open();
        using var command = new SqliteCommand(sql, other);
        return command.ExecuteScalar() is long value ? value : 0;
    }
}
