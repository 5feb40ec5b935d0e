using HoodyLogs.Storage.Bodies;
using HoodyLogs.Storage.Sqlite.Database;
using HoodyLogs.Storage.Sqlite.Records;
using HoodyLogs.Storage.Sqlite.Segments;
using HoodyLogs.Storage.Sqlite.Series;

namespace HoodyLogs.Storage.Sqlite.Ingestion;

/// <summary>
/// The state of an open file that the writer uses: connection, statements, series, id sequence, and the current snapshot. One thread at a time uses it.
/// Any thread can read <see cref="Snapshot"/>.
/// </summary>
internal sealed class WriterContext(
    SqliteDatabase database, BodyFiles bodies, SqliteStoreSettings settings, StoreRow row, SeriesCatalogue catalogue, IdSequence sequence,
    SegmentCache cache, TimeCorrections corrections) : IDisposable
{
    private StoreSnapshot? _snapshot;
    private int _appendedRows;

    public SqliteDatabase Database => database;

    public BodyFiles Bodies => bodies;

    public SqliteStoreSettings Settings => settings;

    public SeriesCatalogue Catalogue => catalogue;

    public IdSequence Sequence => sequence;

    public SegmentCache Cache => cache;

    public TimeCorrections Corrections => corrections;

    public byte[] SigningKey => row.SigningKey;

    public RecordStatements Records { get; } = new(database);

    public SegmentStatements Segments { get; } = new(database);

    public SeriesStatements Series { get; } = new(database);

    /// <summary>Sealed segments below the retention floor whose index is still in the file, oldest first.</summary>
    public Queue<Segment> ExpiredSegments { get; } = [];

    /// <summary>The current snapshot for readers. It is replaced after each commit.</summary>
    public StoreSnapshot Snapshot
    {
        get => Volatile.Read(ref _snapshot) ?? throw new InvalidOperationException("The store is not open yet.");
        set => Volatile.Write(ref _snapshot, value);
    }

    /// <summary>Whether ids are assigned that are not committed.</summary>
    public bool HasUncommittedIds => sequence.LastAssignedId > Snapshot.LastId;

    /// <summary>Adds to the number of appended rows.</summary>
    public void AddAppendedRows(int rows) => _appendedRows += rows;

    /// <summary>Returns the number of rows that were appended since the last call.</summary>
    public int TakeAppendedRows()
    {
        var appended = _appendedRows;
        _appendedRows = 0;
        return appended;
    }

    /// <summary>Returns all rows of a sealed segment, from the cache or from its index.</summary>
    public RowIndex ReadRows(Segment segment)
    {
        if (cache.Find(segment.Number) is { } cached) return cached;
        var rows = SegmentIndex.ReadAll(Segments.ReadChunk, segment);
        cache.Add(segment.Number, rows);
        return rows;
    }

    /// <summary>Raises the retention floor durably. The entries below it become invisible.</summary>
    public void AdvanceRetentionFloor(long retentionFloor)
    {
        var before = Snapshot;
        var after = before.WithRetentionFloor(retentionFloor, ReadRows);
        database.RunInTransaction(() =>
        {
            StoreStatements.SetRetentionFloor(database, retentionFloor);
            StoreStatements.SetLastIngestedUs(database, sequence.LastIngestedUs);
        });
        Snapshot = after;
        foreach (var segment in before.Sealed.Where(segment => segment.LastId < retentionFloor)) ExpiredSegments.Enqueue(segment);
    }

    public void Dispose()
    {
        Records.Dispose();
        Segments.Dispose();
        Series.Dispose();
        bodies.Dispose();
        database.Dispose();
    }
}
