using HoodyLogs.Storage.Sqlite.Database;
using HoodyLogs.Storage.Sqlite.Diagnostics;
using HoodyLogs.Storage.Sqlite.Ingestion;
using HoodyLogs.Storage.Sqlite.Segments;
using HoodyLogs.Storage.Sqlite.Series;
using Microsoft.Extensions.Logging;

namespace HoodyLogs.Storage.Sqlite.Maintenance;

/// <summary>
/// Deletes scopes. A tombstone on each series of the scope hides its entries at once. Their rows and bodies are then purged in small steps. After a kill,
/// the next start finds the tombstones and purges again from the beginning. Rows that are gone already cost almost nothing.
/// </summary>
internal sealed class TombstonePurger(WriterContext writer, ILogger logger)
{
    private IEnumerator<bool>? _purge;

    /// <summary>Hides all entries of a scope durably.</summary>
    public void AddTombstone(LogScope scope)
    {
        var tombstoned = writer.Catalogue.FindByScope(scope);
        if (tombstoned.Count == 0) return;
        writer.Database.RunInTransaction(
            () =>
            {
                // Includes series without rows, because records with assigned ids can still be stored with them.
                foreach (var series in writer.Catalogue.Unsaved) writer.Series.Insert(series, writer.Catalogue.IsUnverified(series));
                foreach (var series in tombstoned) writer.Series.SetState(series.Number, SeriesState.Tombstoned);
                StoreStatements.SetLastIngestedUs(writer.Database, writer.Sequence.LastIngestedUs);
            },
            durable: true);
        writer.Catalogue.MarkSaved();
        writer.Catalogue.Tombstone(tombstoned);
        var snapshot = writer.Snapshot;
        writer.Snapshot = snapshot with { Series = writer.Catalogue.ByNumber, SeriesCount = writer.Catalogue.Count, VisibilityVersion = snapshot.VisibilityVersion + 1 };
    }

    /// <summary>Purges some of the hidden entries.</summary>
    /// <returns>True if there was something to purge.</returns>
    public bool Step()
    {
        if (_purge is null && writer.Catalogue.Tombstoned.Count == 0) return false;
        try
        {
            _purge ??= Purge([.. writer.Catalogue.Tombstoned]).GetEnumerator();
            if (!_purge.MoveNext()) _purge = null;
            return true;
        }
        catch
        {
            _purge = null;
            throw;
        }
    }

    private IEnumerable<bool> Purge(HashSet<int> tombstoned)
    {
        var snapshot = writer.Snapshot;
        foreach (var segment in snapshot.Sealed)
        {
            // Segments that fell below the retention floor in the meantime are left to the Purger.
            if (segment.LastId < writer.Snapshot.RetentionFloor || !segment.Series.Any(tombstoned.Contains)) continue;
            foreach (var step in Purge(writer.ReadRows(segment), tombstoned)) yield return step;
        }

        foreach (var step in Purge(snapshot.ActiveIndex, tombstoned)) yield return step;
        writer.Database.RunInTransaction(() =>
        {
            foreach (var number in tombstoned) writer.Series.SetState(number, SeriesState.Purged);
        });
        writer.Catalogue.MarkPurged(tombstoned);
    }

    private IEnumerable<bool> Purge(RowIndex rows, HashSet<int> tombstoned)
    {
        var ids = new List<long>();
        for (var row = 0; row < rows.Count; row++)
        {
            if (tombstoned.Contains(rows.SeriesAt(row))) ids.Add(rows.IdAt(row));
            if (ids.Count < writer.Settings.PurgeStepRows / 4 && (row < rows.Count - 1 || ids.Count == 0)) continue;
            foreach (var id in ids) EraseBodies(id);
            writer.Database.RunInTransaction(() => ids.ForEach(writer.Records.Delete));
            ids.Clear();
            yield return true;
        }
    }

    private void EraseBodies(long id)
    {
        try
        {
            if (writer.Records.FindBodies(id) is { } location) writer.Bodies.Erase(id, location, writer.Records.FindBodies);
        }
        catch (LogStoreException failure) when (StoreDamage.IsDamage(failure))
        {
            // One damaged row must not stop the purge of the others.
            StoreMessages.BodiesNotOverwritten(logger, id, failure);
        }
    }
}
