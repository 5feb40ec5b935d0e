using HoodyLogs.Storage.Sqlite.Ingestion;

namespace HoodyLogs.Storage.Sqlite.Maintenance;

/// <summary>What the store takes on the disk.</summary>
/// <param name="Pages">Pages of the file.</param>
/// <param name="FreePages">Those of them that hold nothing.</param>
/// <param name="PageBytes">The size of a page.</param>
/// <param name="WalBytes">The size of the write-ahead log.</param>
/// <param name="BodyBytes">The size of the files with the bodies.</param>
/// <param name="VisibleBodyBytes">About how much of that retention has not passed.</param>
internal readonly record struct StoreSize(long Pages, long FreePages, long PageBytes, long WalBytes, long BodyBytes, long VisibleBodyBytes)
{
    public long UsedBytes => ((Pages - FreePages) * PageBytes) + VisibleBodyBytes;

    public long Bytes => (Pages * PageBytes) + WalBytes + BodyBytes;

    /// <summary>The size of the write-ahead log of a database file.</summary>
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
