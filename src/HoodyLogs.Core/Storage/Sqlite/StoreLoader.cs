using HoodyLogs.Storage.Bodies;
using HoodyLogs.Storage.Sqlite.Database;
using HoodyLogs.Storage.Sqlite.Ingestion;
using HoodyLogs.Storage.Sqlite.Records;
using HoodyLogs.Storage.Sqlite.Segments;
using HoodyLogs.Storage.Sqlite.Series;
using HoodyLogs.Storage.Time;

namespace HoodyLogs.Storage.Sqlite;

/// <summary>Loads the state of a database: all series and segments, and the rows of the active segment. No other row is read.</summary>
internal static class StoreLoader
{
    /// <summary>Loads an open database. The returned writer context owns the database and the bodies.</summary>
    /// <exception cref="LogStoreException">The database is damaged or cannot be read.</exception>
    public static WriterContext Load(
        SqliteDatabase database, BodyFiles bodies, SqliteStoreSettings settings, SegmentCache cache, TrustedClock clock)
    {
        var row = StoreStatements.Load(database);
        var corrections = TimeCorrections.Load(database);
        Segment[] segments = [.. SegmentStatements.Load(database)];
        var catalogue = LoadCatalogue(database, segments, settings.MaxSeries);
        var active = LoadActive(database, segments, catalogue, corrections);
        RemoveUnusedSeries(database, catalogue, active.Segment.GetRows(active.Rows));

        var newest = CreateSnapshot(segments, active, catalogue, row.RetentionFloor);
        var ingestedUs = Math.Max(row.LastIngestedUs, LastIngestedUs(newest, corrections));
        clock.Start(ingestedUs);
        var sequence = CreateSequence(row, newest.LastId, ingestedUs, clock);
        var writer = new WriterContext(database, bodies, settings, row, catalogue, sequence, cache, corrections);
        try
        {
            writer.Snapshot = newest.WithRetentionFloor(row.RetentionFloor, writer.ReadRows);
            foreach (var segment in segments.Where(segment => segment.LastId < row.RetentionFloor)) writer.ExpiredSegments.Enqueue(segment);
            return writer;
        }
        catch
        {
            writer.Dispose();
            throw;
        }
    }

    private static SeriesCatalogue LoadCatalogue(SqliteDatabase database, Segment[] segments, int maxSeries)
    {
        var catalogue = new SeriesCatalogue(maxSeries);
        catalogue.Load(SeriesStatements.Load(database));
        foreach (var segment in segments) catalogue.AddReferences(segment.Series);
        return catalogue;
    }

    private static ActiveRows LoadActive(SqliteDatabase database, Segment[] segments, SeriesCatalogue catalogue, TimeCorrections corrections)
    {
        var newest = segments is [.., var last] ? last : null;
        var active = new ActiveSegment((newest?.Number ?? 0) + 1);
        using var cursor = new RecordCursor(database, corrections);
        var (rows, bounds) = (0, SegmentBounds.Empty);
        for (var found = cursor.SeekForward((newest?.LastId ?? 0) + 1); found; found = cursor.MoveNext())
        {
            var row = cursor.GetIndexedRow(catalogue);
            active.Add(rows++, row);
            bounds = bounds.With(row);
        }

        return new ActiveRows(active, rows, bounds);
    }

    // In this snapshot all rows of the file are visible.
    private static StoreSnapshot CreateSnapshot(Segment[] segments, ActiveRows active, SeriesCatalogue catalogue, long retentionFloor)
    {
        var lastId = active.Rows > 0 ? active.Bounds.LastId : segments is [.., var newest] ? newest.LastId : 0;
        return new StoreSnapshot
        {
            Series = catalogue.ByNumber,
            SeriesCount = catalogue.Count,
            Sealed = segments,
            Groups = CreateGroups(segments),
            VisibleRows = SumRows(segments, catalogue.Count),
            Active = active.Segment,
            ActiveRows = active.Rows,
            ActiveBounds = active.Bounds,
            RetentionFloor = 1,
            LastId = Math.Max(retentionFloor - 1, lastId),
        };
    }

    private static long LastIngestedUs(StoreSnapshot newest, TimeCorrections corrections)
    {
        if (newest.ActiveRows > 0) return newest.ActiveBounds.MaxIngestedUs;
        return newest.Sealed is [.., var last] ? corrections.Correct(last.LastId, last.MaxIngestedUs) : 0;
    }

    private static IdSequence CreateSequence(StoreRow row, long lastId, long ingestedUs, TrustedClock clock)
    {
        var highest = Math.Max(row.ReservedIdLimit, lastId);
        var isUnused = highest == row.RetentionFloor - 1 && ingestedUs == 0;
        var nextId = isUnused ? highest + 1 : highest + IdSequence.RestartGap;
        return new IdSequence(nextId, nextId - 1, ingestedUs, clock);
    }

    // These series lost their rows while the rows were in the active segment. Therefore no segment index refers to them.
    private static void RemoveUnusedSeries(SqliteDatabase database, SeriesCatalogue catalogue, RowIndex active)
    {
        var unused = catalogue.FindUnreferenced();
        if (unused.Count > 0) unused.RemoveAll(new HashSet<int>(active.Series.ToArray()).Contains);
        if (unused.Count == 0) return;
        using var statements = new SeriesStatements(database);
        database.RunInTransaction(() => unused.ForEach(statements.Delete));
        catalogue.Remove(unused);
    }

    private static long[] SumRows(Segment[] segments, int seriesCount)
    {
        var rows = new long[seriesCount];
        foreach (var segment in segments) segment.AddTo(rows, 1);
        return rows;
    }

    private static SegmentGroup[] CreateGroups(ReadOnlySpan<Segment> segments)
    {
        var groups = new List<SegmentGroup>();
        for (var end = 1; end <= segments.Length; end++)
        {
            if (SegmentGroup.TryComplete(segments[..end]) is { } group) groups.Add(group);
        }

        return [.. groups];
    }

    private readonly record struct ActiveRows(ActiveSegment Segment, int Rows, SegmentBounds Bounds);
}
