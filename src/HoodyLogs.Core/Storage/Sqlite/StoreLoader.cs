using HoodyLogs.Storage.Bodies;
using HoodyLogs.Storage.Sqlite.Database;
using HoodyLogs.Storage.Sqlite.Files;
using HoodyLogs.Storage.Sqlite.Ingestion;
using HoodyLogs.Storage.Sqlite.Records;
using HoodyLogs.Storage.Sqlite.Segments;
using HoodyLogs.Storage.Sqlite.Series;
using HoodyLogs.Storage.Time;

namespace HoodyLogs.Storage.Sqlite;

/// <summary>Takes up what a file holds: all series and segments, and the rows of the active segment, but no other row.</summary>
internal static class StoreLoader
{
    public static WriterContext Load(
        SqliteDatabase database, BodyFiles bodies, SqliteStoreSettings settings, SegmentCache cache, TrustedClock clock)
    {
        var row = StoreStatements.Load(database);
        var corrections = TimeCorrections.Load(database);
        var segments = SegmentStatements.Load(database);
        var catalogue = new SeriesCatalogue(settings.MaxSeries);
        catalogue.Load(SeriesStatements.Load(database));
        foreach (var segment in segments) catalogue.Mention(segment.Series);

        var sealedTo = segments is [.., var newest] ? newest.LastId : 0;
        var active = new ActiveSegment(segments is [.., var before] ? before.Number + 1 : 1);
        var (activeRows, bounds) = LoadActive(database, active, catalogue, corrections, sealedTo);

        RemoveUnusedSeries(database, catalogue, active.Rows(activeRows));

        var lastId = Math.Max(row.Horizon - 1, activeRows > 0 ? bounds.LastId : sealedTo);
        var ingestedUs = Math.Max(row.IngestedUs, activeRows > 0 ? bounds.MaxIngestedUs : segments is [.., var last] ? corrections.TimeOf(last.LastId, last.MaxIngestedUs) : 0);
        clock.Start(ingestedUs);
        var highest = Math.Max(row.Ceiling, lastId);
        var isUnused = highest == row.Horizon - 1 && ingestedUs == 0;
        var nextId = isUnused ? highest + 1 : highest + IdSequence.Margin;
        var writer = new WriterContext(database, bodies, settings, row, catalogue, new IdSequence(nextId, nextId - 1, ingestedUs, clock), cache, corrections);
        try
        {
            writer.View = new StoreSnapshot
            {
                Series = catalogue.ByNumber,
                SeriesCount = catalogue.Count,
                Sealed = [.. segments],
                Groups = Groups([.. segments]),
                WholeRows = Sum(segments, catalogue.Count),
                Active = active,
                ActiveRows = activeRows,
                ActiveBounds = bounds,
                Horizon = 1,
                LastId = lastId,
            }.WithHorizon(row.Horizon, writer.RowsOf);
            foreach (var segment in segments.Where(segment => segment.LastId < row.Horizon)) writer.Dropped.Enqueue(segment);
            return writer;
        }
        catch
        {
            writer.Dispose();
            throw;
        }
    }

    // Series whose rows were removed from the active segment before any index could name them.
    private static void RemoveUnusedSeries(SqliteDatabase database, SeriesCatalogue catalogue, RowIndex active)
    {
        var unused = catalogue.WithoutMention();
        if (unused.Count > 0) unused.RemoveAll(new HashSet<int>(active.Series.ToArray()).Contains);
        if (unused.Count == 0) return;
        using var statements = new SeriesStatements(database);
        database.Transact(() => unused.ForEach(statements.Delete));
        catalogue.Remove(unused);
    }

    private static long[] Sum(List<Segment> segments, int seriesCount)
    {
        var rows = new long[seriesCount];
        foreach (var segment in segments) segment.AddTo(rows, 1);
        return rows;
    }

    private static SegmentGroup[] Groups(ReadOnlySpan<Segment> segments)
    {
        var groups = new List<SegmentGroup>();
        for (var end = 1; end <= segments.Length; end++)
        {
            if (SegmentGroup.CompletedBy(segments[..end]) is { } group) groups.Add(group);
        }

        return [.. groups];
    }

    private static (int Rows, SegmentBounds Bounds) LoadActive(
        SqliteDatabase database, ActiveSegment active, SeriesCatalogue catalogue, TimeCorrections corrections, long sealedTo)
    {
        using var cursor = new RecordCursor(database, corrections);
        var (rows, bounds) = (0, SegmentBounds.Empty);
        for (var found = cursor.SeekForward(sealedTo + 1); found; found = cursor.Next())
        {
            var row = cursor.Indexed(catalogue);
            active.Add(rows++, row);
            bounds = bounds.With(row);
        }

        return (rows, bounds);
    }
}
