using System.Collections.Frozen;
using HoodyLogs.Storage.Sqlite.Segments;
using HoodyLogs.Storage.Sqlite.Series;

namespace HoodyLogs.Storage.Sqlite.Reading;

/// <summary>Reads the requests of a tunnel: the response entries of one container, by ingestion time. Ingestion times increase with the ids.</summary>
internal static class TunnelReader
{
    public static TunnelPage? Read(
        StoreReader reader, StoreSnapshot snapshot, LogScope scope, TunnelQuery query, LogEntryVisitor visitor, CancellationToken cancellation)
    {
        using var known = Select(snapshot, scope, query.TunnelId, kind: null);
        if (snapshot.CountEntries(known) == 0) return null;
        if (query.Limit == 0) return new TunnelPage(0, 0, false); // the caller only checks that the tunnel exists
        using var responses = Select(snapshot, scope, query.TunnelId, EntryKind.Response);
        var notBeforeUs = query.NotBeforeMs > long.MaxValue / 1000 ? long.MaxValue : query.NotBeforeMs * 1000;
        var fromUs = query.AfterUs is { } after ? Math.Max(Math.Min(after, long.MaxValue - 1) + 1, notBeforeUs) : notBeforeUs;
        var range = new IdRange(IngestionTimeSearch.FindFirstId(reader.Cursor, snapshot, fromUs), Math.Min(snapshot.LastId, (query.BeforeId ?? long.MaxValue) - 1));
        var locator = new EntryLocator(reader, snapshot, responses, range, cancellation);

        // The page is always returned newest first. One entry more than the limit shows whether there is more.
        // The rest of a truncated page consists of the entries before the last returned one, so BeforeId continues it.
        var isForward = query.AfterUs is not null && query.BeforeId is null;
        var locations = locator.Locate(fromEnd: !isForward, skip: 0, isForward ? query.Limit + 1 : query.Limit);
        var hasMore = locations.Count > query.Limit;
        if (hasMore) locations.RemoveAt(query.Limit);
        if (isForward) locations.Reverse();

        var newestUs = 0L;
        var page = IndexedReader.Visit(reader, snapshot, scope, new LogQuery { Descending = true, MaxBytes = query.MaxBytes }, locations, Visit, cancellation);
        return new TunnelPage(page.Count, newestUs, hasMore) { IsTruncated = page.HasMore, LastReturnedId = page.HasMore ? page.LastReturnedId : 0 };

        void Visit(in LogEntryView entry)
        {
            newestUs = Math.Max(newestUs, entry.IngestedAtUs);
            visitor(entry);
        }
    }

    private static SeriesSelection Select(StoreSnapshot snapshot, LogScope scope, Guid tunnelId, EntryKind? kind) => snapshot.Select(
        scope, new LogFilter { ContainerIds = FrozenSet.Create(tunnelId.ToString("D")), Kinds = kind is null ? [] : [kind.Value] });
}
