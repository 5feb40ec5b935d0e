using HoodyLogs.AspNetCore.Endpoints.Options;
using HoodyLogs.AspNetCore.Endpoints.Parameters;
using HoodyLogs.AspNetCore.Endpoints.Responses;
using HoodyLogs.Writing.Queue;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace HoodyLogs.AspNetCore.Endpoints.Fanout;

/// <summary>The fanned-out list: all tenants as NDJSON, page by page of one snapshot (decisions F3 to F5).</summary>
internal sealed class FanoutEndpoint(ILogStore store, LogQueue queue, TimeProvider time, ResponseBuffers buffers, ILogger<FanoutEndpoint> logger)
{
    /// <summary>The greatest <c>limit</c> of a fanned-out read.</summary>
    public const int MaxLimit = 100_000;

    public async Task HandleAsync(HttpContext context, IEndpointSettings options)
    {
        var begun = FanoutCursor.BeginningOf(context.Request.Query["cursor"].ToString()) ?? Now;
        var parameters = new QueryParameters(context.Request.Query, begun);
        var query = Read(parameters);
        var key = await store.GetSigningKeyAsync(context.RequestAborted).ConfigureAwait(false);
        var filter = FanoutFilterDigest.Digest(query);
        FanoutCursor? cursor = null;
        if (parameters.Single("cursor") is { } text)
        {
            if (FanoutCursor.TryRead(text, filter, key, out var given)) cursor = given;
            else parameters.Refuse("cursor", text, "the cursor of the page before, unchanged, with the same filters");
        }

        if (parameters.Fault is { } fault)
        {
            await ApiError.WriteAsync(context, StatusCodes.Status400BadRequest, fault).ConfigureAwait(false);
            return;
        }

        // Later pages stay within the snapshot of the first.
        if (cursor is null) await queue.WaitForCommitAsync(context.RequestAborted).ConfigureAwait(false);
        context.Response.ContentType = "application/x-ndjson";
        var start = Start(query, cursor, begun);
        if (cursor is { } old && IsExpired(old, options.CursorLifetime))
        {
            context.Response.StatusCode = StatusCodes.Status410Gone;
            using var buffer = buffers.Rent();
            FanoutTrailer.SnapshotExpired(buffer);
            await buffer.SendAsync(context).ConfigureAwait(false);
            return;
        }

        if (HttpMethods.IsHead(context.Request.Method)) return;
        query = query with { AfterId = start.Position, BeforeId = start.Snapshot + 1, MaxScanTime = options.Limits.MaxScanTime };
        using var page = new FanoutPage(store, time, logger, context, buffers.Rent(), query);
        await page.WriteAsync(start.Snapshot, options.FanoutTimeout, position => (start with { Position = position, IssuedAtMs = Now }).Sign(filter, key))
            .ConfigureAwait(false);
    }

    private long Now => time.GetUtcNow().ToUnixTimeMilliseconds();

    private static LogQuery Read(QueryParameters parameters)
    {
        if (parameters.Integer("offset", 0, long.MaxValue) is { } offset and not 0)
        {
            parameters.Refuse("offset", $"{offset}", "0 alone on a fanned-out read");
        }

        parameters.RefusePresent("last", "on a fanned-out read");
        parameters.RefusePresent("order", "on a fanned-out read");
        return new LogQuery
        {
            Filter = LogFilterBinder.Read(parameters),
            Limit = (int?)parameters.Integer("limit", 1, MaxLimit) ?? LogQueryBinder.DefaultLimit,
            AfterId = parameters.Integer("afterId", 0, long.MaxValue),
            BeforeId = parameters.Integer("beforeId", 0, long.MaxValue),
            IncludeRequestBody = parameters.Boolean("includeRequestBody"),
            IncludeResponseBody = parameters.Boolean("includeResponseBody"),
            CountTotal = false,
        };
    }

    /// <summary>The first page pins the snapshot: what there is now, and nothing that retention took before.</summary>
    private FanoutCursor Start(LogQuery query, FanoutCursor? cursor, long begunMs)
    {
        if (cursor is { } pinned) return pinned with { Position = Math.Max(pinned.Position, query.AfterId ?? 0) };
        var snapshot = store.LastId;
        if (query.BeforeId is { } before) snapshot = Math.Min(snapshot, before - 1);
        return new FanoutCursor(snapshot, Math.Max(query.AfterId ?? 0, store.FirstVisibleId - 1), 0, begunMs);
    }

    private bool IsExpired(FanoutCursor cursor, TimeSpan lifetime) =>
        Now - cursor.IssuedAtMs > lifetime.TotalMilliseconds
        || (cursor.Position < cursor.Snapshot && store.FirstVisibleId > cursor.Position + 1);
}
