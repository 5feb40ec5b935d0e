using HoodyLogs.Storage.Sqlite.Ingestion;

namespace HoodyLogs.Storage.Sqlite.Maintenance;

/// <summary>The disk space that the store uses.</summary>
/// <param name="Pages">The number of pages of the database file.</param>
/// <param name="FreePages">The number of unused pages.</param>
/// <param name="PageBytes">The size of a page in bytes.</param>
/// <param name="WalBytes">The size of the write-ahead log in bytes.</param>
/// <param name="BodyBytes">The size of the body files in bytes.</param>
/// <param name="VisibleBodyBytes">The approximate size of the bodies above the retention floor in bytes.</param>
internal readonly record struct StoreSize(long Pages, long FreePages, long PageBytes, long WalBytes, long BodyBytes, long VisibleBodyBytes)
{
    public long UsedBytes => ((Pages - FreePages) * PageBytes) + VisibleBodyBytes;

    public long Bytes => (Pages * PageBytes) + WalBytes + BodyBytes;

    /// <summary>Returns the size of the write-ahead log of a database file in bytes.</summary>
    public static long GetWalBytes(string path) => new FileInfo(path + "-wal") is { Exists: true, Length: var bytes } ? bytes : 0;

    public static StoreSize Measure(WriterContext writer)
    {
        return new StoreSize(
            writer.Database.ExecuteScalar("PRAGMA page_count"),
            writer.Database.ExecuteScalar("PRAGMA freelist_count"),
            writer.Database.ExecuteScalar("PRAGMA page_size"),
            GetWalBytes(writer.Settings.Path),
            writer.Bodies.Bytes,
            writer.Bodies.EstimateBytesFrom(writer.Snapshot.RetentionFloor, writer.Snapshot.LastId + 1));
    }
}
