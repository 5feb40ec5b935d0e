using System.Collections.Frozen;
using HoodyLogs.Storage.Sqlite.Segments;
using HoodyLogs.Storage.Sqlite.Series;

namespace HoodyLogs.Storage.Sqlite.Reading;

/// <summary>Reads a tunnel's requests: the response faces of one container, by ingestion time, which grows with the ids (decisions U1 to U4).</summary>
internal static class TunnelReader
{
    public static TunnelPage? Read(
        StoreReader reader, StoreSnapshot view, LogScope scope, TunnelQuery query, LogEntryVisitor visitor, CancellationToken cancellation)
    {
        using var known = Select(view, scope, query.TunnelId, kind: null);
        if (view.CountEntries(known) == 0) return null;
        if (query.Limit == 0) return new TunnelPage(0, 0, false); // only asked whether there is such a tunnel
        using var responses = Select(view, scope, query.TunnelId, EntryKind.Response);
        var notBeforeUs = query.NotBeforeMs > long.MaxValue / 1000 ? long.MaxValue : query.NotBeforeMs * 1000;
        var fromUs = query.AfterUs is { } after ? Math.Max(Math.Min(after, long.MaxValue - 1) + 1, notBeforeUs) : notBeforeUs;
        var range = new IdRange(IngestionTimeSearch.FindFirstId(reader.Cursor, view, fromUs), Math.Min(view.LastId, (query.BeforeId ?? long.MaxValue) - 1));
        var picker = new EntryLocator(reader, view, responses, range, cancellation);

        // Newest first in any case; one more than wanted tells whether there is more.
        // The rest of a page that was cut is the newest before the last one shown, whichever way the page was found.
        var isWalk = query.AfterUs is not null && query.BeforeId is null;
        var picks = picker.Locate(fromEnd: !isWalk, skip: 0, isWalk ? query.Limit + 1 : query.Limit);
        var hasMore = picks.Count > query.Limit;
        if (hasMore) picks.RemoveAt(query.Limit);
        if (isWalk) picks.Reverse();

        var newestUs = 0L;
        var page = IndexedReader.Visit(reader, view, scope, new LogQuery { Descending = true, MaxBytes = query.MaxBytes }, picks, Visit, cancellation);
        return new TunnelPage(page.Count, newestUs, hasMore) { IsTruncated = page.HasMore, LastReturnedId = page.HasMore ? page.LastReturnedId : 0 };

        void Visit(in LogEntryView entry)
        {
            newestUs = Math.Max(newestUs, entry.IngestedAtUs);
            visitor(entry);
        }
    }

    private static SeriesSelection Select(StoreSnapshot view, LogScope scope, Guid tunnelId, EntryKind? kind) => view.Select(
        scope, new LogFilter { ContainerIds = FrozenSet.Create(tunnelId.ToString("D")), Kinds = kind is null ? [] : [kind.Value] });
}
