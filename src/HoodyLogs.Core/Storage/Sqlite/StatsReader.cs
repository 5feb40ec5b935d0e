using System.Runtime.InteropServices;
using HoodyLogs.Entries;
using HoodyLogs.Queries;
using HoodyLogs.Tenancy;

namespace HoodyLogs.Storage.Sqlite;

/// <summary>Counts by dimension, from the counts per series alone (decision S1).</summary>
internal static class StatsReader
{
    public static LogStats Read(StoreView view, LogScope scope, LogFilter filter)
    {
        using var selection = SeriesSelection.Of(view, scope, filter);
        var rows = view.RowsBySeries();
        var total = 0L;
        var levels = new long[Enum.GetValues<EntryLevel>().Length];
        var (projects, containers, services) =
            (new Dictionary<string, long>(), new Dictionary<string, long>(), new Dictionary<string, long>());
        foreach (var number in selection.Numbers)
        {
            var entries = (long)rows[number] * selection.WeightOf(number);
            if (entries == 0) continue;
            var key = view.Series[number]!.Key;
            total += entries;
            levels[(int)key.Level] += entries;
            Add(projects, key.ProjectId, entries);
            Add(containers, key.ContainerId, entries);
            Add(services, key.ServiceName, entries);
        }

        return new LogStats
        {
            Total = total,
            ByLevel = Enum.GetValues<EntryLevel>().ToDictionary(level => level, level => levels[(int)level]),
            ByProject = projects,
            ByContainer = containers,
            ByService = services,
        };
    }

    private static void Add(Dictionary<string, long> counts, string? name, long entries)
    {
        if (name is not null) CollectionsMarshal.GetValueRefOrAddDefault(counts, name, out _) += entries;
    }
}
