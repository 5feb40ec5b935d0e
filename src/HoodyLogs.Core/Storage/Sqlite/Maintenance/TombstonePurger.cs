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
    private IEnumerator<bool>? _removal;

    /// <summary>Hides all that a scope has, durably.</summary>
    public void Destroy(LogScope scope)
    {
        var retired = writer.Catalogue.Within(scope);
        if (retired.Count == 0) return;
        writer.Database.Transact(
            () =>
            {
                // Series without a row yet too: records that were numbered before will still be stored under them.
                foreach (var series in writer.Catalogue.Unsaved) writer.Series.Insert(series, writer.Catalogue.IsUnverified(series));
                foreach (var series in retired) writer.Series.SetState(series.Number, SeriesState.Tombstoned);
                StoreStatements.SetIngested(writer.Database, writer.Sequence.IngestedUs);
            },
            durable: true);
        writer.Catalogue.Saved();
        writer.Catalogue.Retire(retired);
        var view = writer.View;
        writer.View = view with { Series = writer.Catalogue.ByNumber, SeriesCount = writer.Catalogue.Count, Removals = view.Removals + 1 };
    }

    /// <summary>Removes some of what was destroyed.</summary>
    /// <returns>Whether there was anything to do.</returns>
    public bool Step()
    {
        if (_removal is null && writer.Catalogue.Retired.Count == 0) return false;
        try
        {
            _removal ??= Remove([.. writer.Catalogue.Retired]).GetEnumerator();
            if (!_removal.MoveNext()) _removal = null;
            return true;
        }
        catch
        {
            _removal = null;
            throw;
        }
    }

    private IEnumerable<bool> Remove(HashSet<int> retired)
    {
        var view = writer.View;
        foreach (var segment in view.Sealed)
        {
            // What the horizon has passed in the meantime goes with all the rest there.
            if (segment.LastId < writer.View.Horizon || !segment.Series.Any(retired.Contains)) continue;
            foreach (var step in Remove(writer.RowsOf(segment), retired)) yield return step;
        }

        foreach (var step in Remove(view.ActiveIndex, retired)) yield return step;
        writer.Database.Transact(() =>
        {
            foreach (var number in retired) writer.Series.SetState(number, SeriesState.Purged);
        });
        writer.Catalogue.Emptied(retired);
    }

    private IEnumerable<bool> Remove(RowIndex rows, HashSet<int> retired)
    {
        var ids = new List<long>();
        for (var row = 0; row < rows.Count; row++)
        {
            if (retired.Contains(rows.SeriesAt(row))) ids.Add(rows.IdAt(row));
            if (ids.Count < writer.Settings.PurgeStepRows / 4 && (row < rows.Count - 1 || ids.Count == 0)) continue;
            foreach (var id in ids) EraseBodies(id);
            writer.Database.Transact(() => ids.ForEach(writer.Records.Remove));
            ids.Clear();
            yield return true;
        }
    }

    private void EraseBodies(long id)
    {
        try
        {
            if (writer.Records.BodiesOf(id) is { } place) writer.Bodies.Erase(id, place, writer.Records.BodiesOf);
        }
        catch (LogStoreException failure) when (StoreDamage.IsDamage(failure))
        {
            // It must not keep all the others from being removed.
            StoreMessages.BodiesNotErased(logger, id, failure);
        }
    }
}
