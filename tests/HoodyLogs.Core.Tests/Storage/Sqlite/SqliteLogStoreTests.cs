using HoodyLogs.Storage.Sqlite;
using HoodyLogs.Storage.Sqlite.Database;
using HoodyLogs.TestSupport;
using Microsoft.Extensions.Logging.Abstractions;
using NUnit.Framework;

namespace HoodyLogs.Core.Tests.Storage.Sqlite;

/// <summary>The contract of stores, once with all rows in the active segment and once with segments of two rows.</summary>
[TestFixture(65_536)]
[TestFixture(2)]
public sealed class SqliteLogStoreTests(int segmentRows) : LogStoreContract
{
    private TestFolder Folder { get; set; } = null!;

    protected override void DeleteStore() => Folder.Dispose();

    protected override ILogStore CreateStore()
    {
        Folder = new TestFolder();
        var settings = new SqliteStoreSettings(Folder.Database) { SegmentRows = segmentRows, BeforeFirstId = 0 };
        return new SqliteLogStore(settings, () => new RetentionOptions(), Time, NullLogger<SqliteLogStore>.Instance);
    }
}
