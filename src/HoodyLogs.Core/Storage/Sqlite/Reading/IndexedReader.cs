using HoodyLogs.Storage.Sqlite.Diagnostics;
using HoodyLogs.Storage.Sqlite.Segments;

namespace HoodyLogs.Storage.Sqlite.Reading;

/// <summary>Reads pages for filters that need only the index. Counts and offsets come from the index. Only the rows of the page are read.</summary>
internal static class IndexedReader
{
    public static LogPage Read(
        StoreReader reader, StoreSnapshot snapshot, LogScope scope, LogQuery query, LogEntryVisitor visitor, CancellationToken cancellation)
    {
        using var selection = snapshot.Select(scope, query.Filter);
        var range = IdRange.Create(snapshot, query.AfterId, query.BeforeId);
        var locator = new EntryLocator(reader, snapshot, selection, range, cancellation);
        var isWhole = range.First == snapshot.RetentionFloor && range.Last == snapshot.LastId;
        long? total = query.CountTotal || query.Last is not null || (isWhole && query.Offset > 0) ? snapshot.CountEntries(selection) : null;
        var inRange = isWhole ? total : query.Last is not null ? locator.Count() : null;

        var locations = query.Last is { } last
            ? LocateLast(locator, Math.Min(last, inRange!.Value), query)
            : LocatePage(locator, inRange, query);
        return Visit(reader, snapshot, scope, query, locations, visitor, cancellation) with
        {
            Total = query.CountTotal ? total!.Value : 0,
            MatchesBeforeLast = query.Last is { } wanted ? Math.Max(0, total!.Value - wanted) : 0,
        };
    }

    /// <summary>Reads the located entries and passes them to the visitor.</summary>
    public static LogPage Visit(
        StoreReader reader, StoreSnapshot snapshot, LogScope scope, LogQuery query, List<EntryLocation> locations, LogEntryVisitor visitor, CancellationToken cancellation)
    {
        var (count, lastId, bytes) = (0, 0L, 0L);
        foreach (var location in locations)
        {
            cancellation.ThrowIfCancellationRequested();
            if (bytes > query.MaxBytes) break;
            if (!reader.Cursor.MoveTo(location.RowId, query.Descending)) throw MissingRow(location.RowId);
            var series = snapshot.Series[location.Series] ?? throw MissingRow(location.RowId);
            bytes += reader.Visit(series, location.Part, scope, query, visitor);
            count++;
            lastId = location.EntryId;
        }

        return new LogPage { Count = count, LastReturnedId = lastId, HasMore = count < locations.Count };
    }

    // Returns the page within the last n entries. Locates it from the newest entry and then reverses it.
    private static List<EntryLocation> LocateLast(EntryLocator locator, long n, LogQuery query)
    {
        var take = (int)Math.Min(query.Limit, Math.Max(0, n - query.Offset));
        var locations = locator.Locate(fromEnd: true, skip: n - query.Offset - take, take);
        locations.Reverse();
        return locations;
    }

    // Locates a deep offset from the nearer end.
    private static List<EntryLocation> LocatePage(EntryLocator locator, long? inRange, LogQuery query)
    {
        if (inRange is not { } all || query.Offset <= all / 2) return locator.Locate(query.Descending, query.Offset, query.Limit);
        var take = (int)Math.Min(query.Limit, Math.Max(0, all - query.Offset));
        var locations = locator.Locate(!query.Descending, all - query.Offset - take, take);
        locations.Reverse();
        return locations;
    }

    private static LogStoreException MissingRow(long id) => StoreDamage.InRow(id, "is missing");
}
