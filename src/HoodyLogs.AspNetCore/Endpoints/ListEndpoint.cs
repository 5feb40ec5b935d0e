using HoodyLogs.AspNetCore.Endpoints.Fanout;
using HoodyLogs.AspNetCore.Endpoints.Options;
using HoodyLogs.AspNetCore.Endpoints.Parameters;
using HoodyLogs.AspNetCore.Endpoints.Responses;
using HoodyLogs.Configuration;
using HoodyLogs.Entries;
using HoodyLogs.Writing.Queue;
using Microsoft.AspNetCore.Http;

namespace HoodyLogs.AspNetCore.Endpoints;

/// <summary><c>GET {prefix}/_logs</c>: a page of entries as JSON, or, for an admin where it is switched on, fanned out (decisions L and F2).</summary>
internal sealed class ListEndpoint(ILogStore store, LogQueue queue, ILastGoodOptions<IEndpointSettings> options, FanoutEndpoint fanout, ResponseBuffers buffers)
{
    public async Task HandleAsync(HttpContext context, LogScope scope, QueryParameters query)
    {
        var current = options.Current;
        if (current.AdminFanout && scope.IsAll && query.List("projectId").Count == 0 && query.List("containerId").Count == 0)
        {
            await fanout.HandleAsync(context, current).ConfigureAwait(false);
            return;
        }

        var request = LogQueryBinder.Read(query, current.MaxLimit);
        request = request with { Query = request.Query with { MaxBytes = ResponseBuffers.PieceBytes, MaxScanTime = current.Limits.MaxScanTime } };
        await (query.Fault is { } fault
            ? ApiError.WriteAsync(context, StatusCodes.Status400BadRequest, fault)
            : WriteAsync(context, scope, request)).ConfigureAwait(false);
    }

    private async Task WriteAsync(HttpContext context, LogScope scope, ListRequest request)
    {
        await queue.WaitForCommitAsync(context.RequestAborted).ConfigureAwait(false);
        using var buffer = buffers.Rent();
        buffer.Append("{\"entries\":["u8);
        var piece = request.Query;
        var newest = store.LastId;
        var first = await ReadAsync(context, scope, piece, buffer, 0).ConfigureAwait(false);
        context.Response.ContentType = "application/json";

        // Large pages come in pieces, so that none is ever in memory as a whole and no read waits for the client.
        var last = first;
        var shown = first.Count;
        while (last.HasMore)
        {
            await buffer.SendAsync(context).ConfigureAwait(false);
            piece = After(piece, last, newest);
            last = await ReadAsync(context, scope, piece, buffer, shown).ConfigureAwait(false);
            shown += last.Count;
        }

        // The last N are found from the end: how far that search came counts, not where a later piece went on.
        WriteEnd(buffer, request, first, request.Query.Last is null ? last.ScannedToId : first.ScannedToId);
        await buffer.EndAsync(context).ConfigureAwait(false);
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

    /// <summary>The next piece of a page, without what was stored since the page began.</summary>
    private static LogQuery After(LogQuery query, LogPage page, long newest) => query with
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
        json.Number(request.OffsetIsFromEnd ? page.SkippedBeforeLast : request.Query.Offset);
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
