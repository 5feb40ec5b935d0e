namespace HoodyLogs.Storage.Sqlite.Database;

/// <summary>
/// The settings of a store. Only tests change the defaults of members that are not in <see cref="SqliteOptions"/>.
/// </summary>
/// <param name="Path">The database file, absolute. Once the store is open, without symbolic links.</param>
internal sealed record SqliteStoreSettings(string Path)
{
    /// <summary>Whether the store lies in a temporary folder of its own, which is deleted when it is disposed of; then <see cref="Path"/> is not used.</summary>
    public bool IsTemporary { get; init; }

    /// <summary>At most this many distinct series; records of further scopes are stored with unknown scope.</summary>
    public int MaxSeries { get; init; } = 100_000;

    /// <summary>Returns how many bytes must be free on the disk for a write, or 0 for any number. Asked before each write.</summary>
    public Func<long> MinFreeBytes { get; init; } = static () => 0;

    /// <summary>The position before the first entry of a new file. Not 0, since on a stream that asks for all that the ring holds (decision T3).</summary>
    public long BeforeFirstId { get; init; } = 1;

    /// <summary>A segment is sealed at this many rows.</summary>
    public int SegmentRows { get; init; } = 65_536;

    /// <summary>A segment is sealed before its ids would span this much. Bounds the memory that putting its index in row order takes.</summary>
    public int SegmentIdSpan { get; init; } = 1 << 18;

    /// <summary>So many ids are made available at a time, durably, before the first of them is given out (decision E3).</summary>
    public long IdBlock { get; init; } = 1_000_000;

    /// <summary>At most this many rows are removed in one step of maintenance.</summary>
    public int PurgeStepRows { get; init; } = 1_000;

    /// <summary>At most this many free pages are given back to the file system in one step of maintenance.</summary>
    public int VacuumStepPages { get; init; } = 64;

    /// <summary>The write-ahead log is reset when it is larger than this.</summary>
    public long WalBytes { get; init; } = 32 << 20;

    /// <summary>So many indexes of sealed segments are held in memory, at most (about half a megabyte each).</summary>
    public int CachedIndexes { get; init; } = 24;
}
