using HoodyLogs.AspNetCore.Endpoints.Fanout;
using HoodyLogs.AspNetCore.Endpoints.Options;
using HoodyLogs.AspNetCore.Endpoints.Parameters;
using HoodyLogs.AspNetCore.Endpoints.Responses;
using HoodyLogs.Configuration;
using HoodyLogs.Entries;
using HoodyLogs.Writing.Queue;
using Microsoft.AspNetCore.Http;

namespace HoodyLogs.AspNetCore.Endpoints;

/// <summary><c>GET {prefix}/_logs</c>: a page of entries as JSON, or a fanned-out read.</summary>
internal sealed class ListEndpoint(ILogStore store, LogQueue queue, ILastGoodOptions<IEndpointSettings> options, FanoutEndpoint fanout, ResponseBufferFactory buffers)
{
    public async Task HandleAsync(HttpContext context, LogScope scope, QueryParameters query)
    {
        var current = options.Current;
        if (current.AdminFanout && scope.IsAll && !query.Has("projectId") && !query.Has("containerId"))
        {
            await fanout.HandleAsync(context, current).ConfigureAwait(false);
            return;
        }

        var request = LogQueryBinder.Bind(query, current.MaxLimit);
        request = request with { Query = request.Query with { MaxBytes = ResponseBufferFactory.FlushThresholdBytes, MaxScanTime = current.Limits.MaxScanTime } };
        await (query.Error is { } error
            ? ApiError.WriteBadRequestAsync(context, error)
            : WriteAsync(context, scope, request)).ConfigureAwait(false);
    }

    private async Task WriteAsync(HttpContext context, LogScope scope, ListRequest request)
    {
        await queue.WaitForCommitAsync(context.RequestAborted).ConfigureAwait(false);
        using var buffer = buffers.Create();
        buffer.Append("{\"entries\":["u8);
        var part = request.Query;
        var newest = store.LastId;
        var first = await ReadAsync(context, scope, part, buffer, 0).ConfigureAwait(false);
        context.Response.ContentType = "application/json";

        // A large page is read and sent in parts, so that memory never holds all of it and no read waits for the client.
        var last = first;
        var shown = first.Count;
        while (last.HasMore)
        {
            await buffer.SendAsync(context).ConfigureAwait(false);
            part = GetNextPart(part, last, newest);
            last = await ReadAsync(context, scope, part, buffer, shown).ConfigureAwait(false);
            shown += last.Count;
        }

        // The last N are searched from the end, so the first part reports how far the search got.
        WriteEnd(buffer, request, first, request.Query.Last is null ? last.ScannedToId : first.ScannedToId);
        await buffer.CompleteAsync(context).ConfigureAwait(false);
    }

    private ValueTask<LogPage> ReadAsync(HttpContext context, LogScope scope, LogQuery query, ResponseBuffer buffer, int shown)
    {
        return store.ReadAsync(scope, query, Write, context.RequestAborted);

        void Write(in LogEntryView entry)
        {
            if (shown++ > 0) buffer.Append(","u8);
            LogEntryJson.Write(buffer, entry);
        }
    }

    /// <summary>Returns the query for the next part of a page. It excludes entries that were stored since the page began.</summary>
    private static LogQuery GetNextPart(LogQuery query, LogPage page, long newest) => query with
    {
        Limit = query.Limit - page.Count,
        Offset = 0,
        Last = null,
        AfterId = query.Descending ? query.AfterId : page.LastReturnedId,
        BeforeId = query.Descending ? page.LastReturnedId : Math.Min(query.BeforeId ?? long.MaxValue, Math.Max(newest, page.LastReturnedId) + 1),
        CountTotal = false,
        MaxScanTime = query.MaxScanTime > page.ScanTime ? query.MaxScanTime - page.ScanTime : TimeSpan.Zero,
    };

    private static void WriteEnd(ResponseBuffer buffer, ListRequest request, LogPage page, long? scannedToId)
    {
        var json = new Utf8JsonFragmentWriter(buffer);
        json.Raw("],\"total\":"u8);
        json.Number(page.Total);
        json.Raw(",\"limit\":"u8);
        json.Number(request.Query.Limit);
        json.Raw(",\"offset\":"u8);
        json.Number(request.ReturnsOffsetFromStart ? page.MatchesBeforeLast : request.Query.Offset);
        if (page.TotalIsLowerBound) json.Raw(",\"totalIsLowerBound\":true"u8);
        if (scannedToId is { } scanned)
        {
            json.Raw(",\"scannedToId\":"u8);
            json.Number(scanned);
        }

        json.Raw("}"u8);
        json.Complete();
    }
}
