namespace HoodyLogs.Storage.Sqlite.Database;

/// <summary>The settings of a store. Only tests change settings that are not in <see cref="SqliteOptions"/>.</summary>
/// <param name="Path">The absolute path of the database file. When the store is open, the path contains no symbolic links.</param>
internal sealed record SqliteStoreSettings(string Path)
{
    /// <summary>Whether the store uses a temporary folder and deletes it when it is disposed. Then <see cref="Path"/> is not used.</summary>
    public bool IsTemporary { get; init; }

    /// <summary>The maximum number of series. Records that need another series are stored as unscoped.</summary>
    public int MaxSeries { get; init; } = 100_000;

    /// <summary>Returns the number of bytes that must be free on the disk before each write. 0 disables the check.</summary>
    public Func<long> MinFreeBytes { get; init; } = static () => 0;

    /// <summary>The position before the first entry of a new file. It is not 0, because position 0 of a stream means "all entries of the ring".</summary>
    public long BeforeFirstId { get; init; } = 1;

    /// <summary>The number of rows at which a segment is sealed.</summary>
    public int SegmentRows { get; init; } = 65_536;

    /// <summary>The maximum span of the ids in a segment. It bounds the memory for sorting the rows of a segment by id.</summary>
    public int SegmentIdSpan { get; init; } = 1 << 18;

    /// <summary>The number of ids that are reserved durably at a time, before the first of them is assigned.</summary>
    public long IdBlock { get; init; } = 1_000_000;

    /// <summary>
    /// The maximum number of rows that a step of maintenance removes. A step may also remove twice the number of rows that were appended since the
    /// previous step, if that is more.
    /// </summary>
    public int PurgeStepRows { get; init; } = 1_000;

    /// <summary>The maximum number of free pages that a step of maintenance returns to the file system.</summary>
    public int VacuumStepPages { get; init; } = 64;

    /// <summary>The size in bytes above which the write-ahead log is truncated.</summary>
    public long WalBytes { get; init; } = 32 << 20;

    /// <summary>The maximum number of segment indexes in memory. Each takes about half a megabyte.</summary>
    public int CachedIndexes { get; init; } = 24;
}
