using HoodyLogs.Storage.Bodies;
using HoodyLogs.Storage.Sqlite.Database;
using HoodyLogs.Storage.Sqlite.Records;
using HoodyLogs.Storage.Sqlite.Segments;
using HoodyLogs.Storage.Sqlite.Series;

namespace HoodyLogs.Storage.Sqlite.Ingestion;

/// <summary>
/// The writer's side of an open file: its connection and statements, the catalogue, the sequence, and the view that readers take. Used by one thread
/// at a time, but for <see cref="Snapshot"/>.
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

    /// <summary>Sealed segments that are wholly below the horizon and whose index is still in the file, oldest first.</summary>
    public Queue<Segment> ExpiredSegments { get; } = [];

    /// <summary>What readers see; set after the commit that makes it true.</summary>
    public StoreSnapshot Snapshot
    {
        get => Volatile.Read(ref _snapshot) ?? throw new InvalidOperationException("The store is not open yet.");
        set => Volatile.Write(ref _snapshot, value);
    }

    /// <summary>Whether ids were given out that are not committed (yet).</summary>
    public bool HasUncommittedIds => sequence.LastAssignedId > Snapshot.LastId;

    /// <summary>Notes how many rows a batch has added.</summary>
    public void AddAppendedRows(int rows) => _appendedRows += rows;

    /// <summary>How many rows were added since the last call.</summary>
    public int TakeAppendedRows()
    {
        var appended = _appendedRows;
        _appendedRows = 0;
        return appended;
    }

    /// <summary>All rows of a sealed segment.</summary>
    public RowIndex ReadRows(Segment segment)
    {
        if (cache.Find(segment.Number) is { } cached) return cached;
        var rows = SegmentIndex.ReadAll(Segments.ReadChunk, segment);
        cache.Add(segment.Number, rows);
        return rows;
    }

    /// <summary>Moves the horizon, durably, and hides what lies below it.</summary>
    public void AdvanceRetentionFloor(long horizon)
    {
        var before = Snapshot;
        var after = before.WithRetentionFloor(horizon, ReadRows);
        database.RunInTransaction(() =>
        {
            StoreStatements.SetRetentionFloor(database, horizon);
            StoreStatements.SetLastIngestedUs(database, sequence.LastIngestedUs);
        });
        Snapshot = after;
        foreach (var segment in before.Sealed.Where(segment => segment.LastId < horizon)) ExpiredSegments.Enqueue(segment);
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
