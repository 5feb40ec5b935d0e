using HoodyLogs.Storage.Sqlite.Diagnostics;
using HoodyLogs.Storage.Sqlite.Segments;

namespace HoodyLogs.Storage.Sqlite.Reading;

/// <summary>Reads pages by filters that the series alone can tell: counts and offsets come from the index, and only the rows of the page are read.</summary>
internal static class IndexedReader
{
    public static LogPage Read(
        StoreReader reader, StoreSnapshot view, LogScope scope, LogQuery query, LogEntryVisitor visitor, CancellationToken cancellation)
    {
        using var selection = view.Select(scope, query.Filter);
        var range = IdRange.Create(view, query.AfterId, query.BeforeId);
        var picker = new EntryLocator(reader, view, selection, range, cancellation);
        var isWhole = range.First == view.RetentionFloor && range.Last == view.LastId;
        long? total = query.CountTotal || query.Last is not null || (isWhole && query.Offset > 0) ? view.CountEntries(selection) : null;
        var inRange = isWhole ? total : query.Last is not null ? picker.Count() : null;

        var picks = query.Last is { } last
            ? LocateLast(picker, Math.Min(last, inRange!.Value), query)
            : LocatePage(picker, inRange, query);
        return Visit(reader, view, scope, query, picks, visitor, cancellation) with
        {
            Total = query.CountTotal ? total!.Value : 0,
            SkippedBeforeLast = query.Last is { } wanted ? Math.Max(0, total!.Value - wanted) : 0,
        };
    }

    /// <summary>Shows the entries that were picked.</summary>
    public static LogPage Visit(
        StoreReader reader, StoreSnapshot view, LogScope scope, LogQuery query, List<EntryLocation> picks, LogEntryVisitor visitor, CancellationToken cancellation)
    {
        var (shown, lastShown, bytes) = (0, 0L, 0L);
        foreach (var pick in picks)
        {
            cancellation.ThrowIfCancellationRequested();
            if (bytes > query.MaxBytes) break;
            if (!reader.Cursor.MoveTo(pick.RowId, query.Descending)) throw MissingRow(pick.RowId);
            var series = view.Series[pick.Series] ?? throw MissingRow(pick.RowId);
            bytes += reader.Visit(series, pick.Part, scope, query, visitor);
            shown++;
            lastShown = pick.EntryId;
        }

        return new LogPage { Count = shown, LastReturnedId = lastShown, HasMore = shown < picks.Count };
    }

    // The last n entries, of which the offset is skipped and the limit kept (decision L3), found from the end and put in order.
    private static List<EntryLocation> LocateLast(EntryLocator picker, long n, LogQuery query)
    {
        var take = (int)Math.Min(query.Limit, Math.Max(0, n - query.Offset));
        var picks = picker.Locate(fromEnd: true, skip: n - query.Offset - take, take);
        picks.Reverse();
        return picks;
    }

    // A deep offset is counted from whichever end is nearer.
    private static List<EntryLocation> LocatePage(EntryLocator picker, long? inRange, LogQuery query)
    {
        if (inRange is not { } all || query.Offset <= all / 2) return picker.Locate(query.Descending, query.Offset, query.Limit);
        var take = (int)Math.Min(query.Limit, Math.Max(0, all - query.Offset));
        var picks = picker.Locate(!query.Descending, all - query.Offset - take, take);
        picks.Reverse();
        return picks;
    }

    private static LogStoreException MissingRow(long id) => StoreDamage.InRow(id, "is missing");
}
