using HoodyLogs.Storage.Sqlite.Database;
using HoodyLogs.Storage.Sqlite.Diagnostics;
using HoodyLogs.Storage.Sqlite.Ingestion;
using HoodyLogs.Storage.Sqlite.Segments;
using HoodyLogs.Storage.Sqlite.Series;
using Microsoft.Extensions.Logging;

namespace HoodyLogs.Storage.Sqlite.Maintenance;

/// <summary>
/// Destroys scopes (decision T6). Retiring the scope's series hides all of it at once; its rows and bodies are then removed a few at a time. What is
/// left after a kill is found again by the state of the series, and removing begins anew: what is gone already costs next to nothing.
/// </summary>
internal sealed class TombstonePurger(WriterContext writer, ILogger logger)
{
    private IEnumerator<bool>? _purge;

    /// <summary>Hides all that a scope has, durably.</summary>
    public void AddTombstone(LogScope scope)
    {
        var retired = writer.Catalogue.FindByScope(scope);
        if (retired.Count == 0) return;
        writer.Database.RunInTransaction(
            () =>
            {
                // Series without a row yet too: records that were numbered before will still be stored under them.
                foreach (var series in writer.Catalogue.Unsaved) writer.Series.Insert(series, writer.Catalogue.IsUnverified(series));
                foreach (var series in retired) writer.Series.SetState(series.Number, SeriesState.Tombstoned);
                StoreStatements.SetLastIngestedUs(writer.Database, writer.Sequence.LastIngestedUs);
            },
            durable: true);
        writer.Catalogue.MarkSaved();
        writer.Catalogue.Tombstone(retired);
        var view = writer.Snapshot;
        writer.Snapshot = view with { Series = writer.Catalogue.ByNumber, SeriesCount = writer.Catalogue.Count, VisibilityVersion = view.VisibilityVersion + 1 };
    }

    /// <summary>Removes some of what was destroyed.</summary>
    /// <returns>Whether there was anything to do.</returns>
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

    private IEnumerable<bool> Purge(HashSet<int> retired)
    {
        var view = writer.Snapshot;
        foreach (var segment in view.Sealed)
        {
            // What the horizon has passed in the meantime goes with all the rest there.
            if (segment.LastId < writer.Snapshot.RetentionFloor || !segment.Series.Any(retired.Contains)) continue;
            foreach (var step in Purge(writer.ReadRows(segment), retired)) yield return step;
        }

        foreach (var step in Purge(view.ActiveIndex, retired)) yield return step;
        writer.Database.RunInTransaction(() =>
        {
            foreach (var number in retired) writer.Series.SetState(number, SeriesState.Purged);
        });
        writer.Catalogue.MarkPurged(retired);
    }

    private IEnumerable<bool> Purge(RowIndex rows, HashSet<int> retired)
    {
        var ids = new List<long>();
        for (var row = 0; row < rows.Count; row++)
        {
            if (retired.Contains(rows.SeriesAt(row))) ids.Add(rows.IdAt(row));
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
            if (writer.Records.FindBodies(id) is { } place) writer.Bodies.Erase(id, place, writer.Records.FindBodies);
        }
        catch (LogStoreException failure) when (StoreDamage.IsDamage(failure))
        {
            // It must not keep all the others from being removed.
            StoreMessages.BodiesNotOverwritten(logger, id, failure);
        }
    }
}
