using System.Runtime.InteropServices;
using HoodyLogs.Storage.Sqlite.Segments;

namespace HoodyLogs.Storage.Sqlite.Reading;

/// <summary>Counts entries by level, project, container and service from the counts of each series. Reads no rows.</summary>
internal static class StatsReader
{
    public static LogStats Read(StoreSnapshot snapshot, LogScope scope, LogFilter filter)
    {
        using var selection = snapshot.Select(scope, filter);
        var rows = snapshot.CountRowsBySeries();
        var total = 0L;
        var levels = new long[Enum.GetValues<EntryLevel>().Length];
        var (projects, containers, services) = (new NameCounts(), new NameCounts(), new NameCounts());
        foreach (var number in selection.Numbers)
        {
            var entries = rows[number] * selection.EntriesPerRow(number);
            if (entries == 0) continue;
            var key = snapshot.Series[number]!.Key;
            total += entries;
            levels[(int)key.Level] += entries;
            projects.Add(key.ProjectId, entries);
            containers.Add(key.ContainerId, entries);
            services.Add(key.ServiceName, entries);
        }

        return new LogStats
        {
            Total = total,
            ByLevel = Enum.GetValues<EntryLevel>().ToDictionary(level => level, level => levels[(int)level]),
            ByProject = projects.ByName(),
            ByContainer = containers.ByName(),
            ByService = services.ByName(),
        };
    }

    // Counts by reference first, because the catalogue interns most names, and merges equal names at the end.
    private sealed class NameCounts
    {
        private const int MinSortedNames = 1024;

        private readonly Dictionary<object, long> _counts = new(ReferenceEqualityComparer.Instance);

        public void Add(string? name, long entries)
        {
            if (name is not null) CollectionsMarshal.GetValueRefOrAddDefault(_counts, name, out _) += entries;
        }

        public Dictionary<string, long> ByName()
        {
            var counts = new Dictionary<string, long>(_counts.Count);
            foreach (var (name, entries) in _counts) CollectionsMarshal.GetValueRefOrAddDefault(counts, (string)name, out _) += entries;
            if (counts.Count < MinSortedNames) return counts;

            // Sorting many names takes time. Here it runs on a scan thread instead of a thread that serves requests.
            var names = counts.Keys.ToArray();
            Array.Sort(names, StringComparer.Ordinal);
            var sorted = new Dictionary<string, long>(names.Length);
            foreach (var name in names) sorted.Add(name, counts[name]);
            return sorted;
        }
    }
}
