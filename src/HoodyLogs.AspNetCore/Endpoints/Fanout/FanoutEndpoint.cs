using HoodyLogs.AspNetCore.Endpoints.Options;
using HoodyLogs.AspNetCore.Endpoints.Parameters;
using HoodyLogs.AspNetCore.Endpoints.Responses;
using HoodyLogs.Writing.Queue;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace HoodyLogs.AspNetCore.Endpoints.Fanout;

/// <summary>Sends all projects' entries as NDJSON. All pages that a cursor connects show the same snapshot.</summary>
internal sealed class FanoutEndpoint(ILogStore store, LogQueue queue, TimeProvider time, ResponseBufferFactory buffers, ILogger<FanoutEndpoint> logger)
{
    private long Now => time.GetUtcNow().ToUnixTimeMilliseconds();

    public async Task HandleAsync(HttpContext context, IEndpointSettings options)
    {
        var startedAt = FanoutCursor.ReadStartTime(context.Request.Query["cursor"].ToString()) ?? Now;
        var parameters = new QueryParameters(context.Request.Query, startedAt);
        var query = LogQueryBinder.BindFanout(parameters);
        var key = await store.GetSigningKeyAsync(context.RequestAborted).ConfigureAwait(false);
        var digest = FanoutFilterDigest.Compute(parameters);
        FanoutCursor? cursor = null;
        if (parameters.GetText("cursor") is { } text)
        {
            if (FanoutCursor.TryParse(text, digest, key, out var valid)) cursor = valid;
            else parameters.AddInvalid("cursor", text, "the unchanged cursor of the previous page, with the same filters");
        }

        if (parameters.Error is { } error)
        {
            await ApiError.WriteBadRequestAsync(context, error).ConfigureAwait(false);
            return;
        }

        // Later pages stay within the snapshot of the first, so they need not wait.
        if (cursor is null) await queue.WaitForCommitAsync(context.RequestAborted).ConfigureAwait(false);
        context.Response.ContentType = "application/x-ndjson";
        var start = GetStart(query, cursor, startedAt);
        if (cursor is { } previous && IsExpired(previous, options.CursorLifetime))
        {
            await WriteExpiredAsync(context).ConfigureAwait(false);
            return;
        }

        if (HttpMethods.IsHead(context.Request.Method)) return;
        query = query with { AfterId = start.Position, BeforeId = start.Snapshot + 1, MaxScanTime = options.Limits.MaxScanTime };
        using var page = new FanoutPage(store, time, logger, context, buffers.Create(), query);
        await page.WriteAsync(start.Snapshot, options.FanoutTimeout, position => (start with { Position = position, IssuedAtMs = Now }).Sign(digest, key))
            .ConfigureAwait(false);
    }

    private async Task WriteExpiredAsync(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status410Gone;
        using var buffer = buffers.Create();
        FanoutTrailer.WriteSnapshotExpired(buffer);
        await buffer.SendAsync(context).ConfigureAwait(false);
    }

    /// <summary>Returns the start of the page. The first page fixes the snapshot: the entries that are stored and visible now.</summary>
    private FanoutCursor GetStart(LogQuery query, FanoutCursor? cursor, long startedAtMs)
    {
        if (cursor is { } previous) return previous with { Position = Math.Max(previous.Position, query.AfterId ?? 0) };
        var snapshot = store.LastId;
        if (query.BeforeId is { } before) snapshot = Math.Min(snapshot, before - 1);
        return new FanoutCursor(snapshot, Math.Max(query.AfterId ?? 0, store.FirstVisibleId - 1), 0, startedAtMs);
    }

    private bool IsExpired(FanoutCursor cursor, TimeSpan lifetime) =>
        Now - cursor.IssuedAtMs > lifetime.TotalMilliseconds
        || (cursor.Position < cursor.Snapshot && store.FirstVisibleId > cursor.Position + 1);
}
