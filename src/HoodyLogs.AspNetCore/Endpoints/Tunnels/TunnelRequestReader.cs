using HoodyLogs.AspNetCore.Endpoints.Responses;
using HoodyLogs.Entries;
using Microsoft.AspNetCore.Http;

namespace HoodyLogs.AspNetCore.Endpoints.Tunnels;

/// <summary>The result of looking for a tunnel and reading its first requests.</summary>
/// <param name="Scope">The scope to read; null if the caller may not know of the tunnel, or if nothing was looked up.</param>
/// <param name="Page">The page, or its first part; null if nothing was read.</param>
/// <param name="IsUnknown">Whether the caller gets the answer that there is no such tunnel.</param>
internal readonly record struct TunnelReadResult(LogScope? Scope, TunnelPage? Page, bool IsUnknown);

/// <summary>Finds a tunnel for a caller, and reads and sends its requests.</summary>
internal sealed class TunnelRequestReader(ILogStore store, TunnelRetentionWarning retention, ITunnelDirectory? directory = null)
{
    /// <summary>Finds the tunnel and reads the first part of the page into the buffer.</summary>
    /// <param name="caller">The caller's scope.</param>
    /// <param name="query">The query. A limit of 0 only looks for the tunnel.</param>
    /// <param name="buffer">The buffer.</param>
    /// <param name="isLimited">Whether the caller is over its limit. Then the directory is not asked, and no tunnel is reported as unknown.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    public async ValueTask<TunnelReadResult> ReadAsync(
        LogScope caller, TunnelQuery query, ResponseBuffer buffer, bool isLimited, CancellationToken cancellationToken)
    {
        if (isLimited && directory is not null) return default;
        var (scope, isKnown) = await FindScopeAsync(caller, query.TunnelId, cancellationToken).ConfigureAwait(false);
        if (scope is null) return new TunnelReadResult(null, null, IsUnknown: true);
        if (query.Limit > 0) await retention.CheckAsync(query.NotBeforeMs, cancellationToken).ConfigureAwait(false);
        var count = 0;
        buffer.Append("["u8);
        var page = await store.ReadTunnelAsync(scope, query, Write, cancellationToken).ConfigureAwait(false) ?? (isKnown ? new TunnelPage(0, 0, false) : null);
        return new TunnelReadResult(scope, page, IsUnknown: page is null);

        void Write(in LogEntryView entry)
        {
            if (count++ > 0) buffer.Append(","u8);
            TunnelEntryJson.Write(buffer, entry);
        }
    }

    /// <summary>Sends the first part of a page. If the page is large, reads and sends the other parts.</summary>
    public async ValueTask SendAsync(HttpContext context, TunnelReadResult result, TunnelQuery query, ResponseBuffer buffer)
    {
        var page = result.Page!;
        while (page.IsTruncated)
        {
            await buffer.SendAsync(context).ConfigureAwait(false);
            query = query with { Limit = query.Limit - page.Count, BeforeId = page.LastReturnedId };
            page = await store.ReadTunnelAsync(result.Scope!, query, Write, context.RequestAborted).ConfigureAwait(false) ?? new TunnelPage(0, 0, false);
        }

        buffer.Append("]"u8);
        await buffer.CompleteAsync(context).ConfigureAwait(false);

        void Write(in LogEntryView entry)
        {
            buffer.Append(","u8);
            TunnelEntryJson.Write(buffer, entry);
        }
    }

    /// <summary>Finds the scope to read, and whether the tunnel is known before its first entry. The scope is null for a tunnel of another owner.</summary>
    private async ValueTask<(LogScope? Scope, bool IsKnown)> FindScopeAsync(LogScope caller, Guid tunnelId, CancellationToken cancellationToken)
    {
        if (directory is null) return (caller, IsContainerOf(caller, tunnelId));
        var owner = await directory.FindOwnerAsync(tunnelId, cancellationToken).ConfigureAwait(false);
        if (owner is null || !Includes(caller, owner, tunnelId)) return (null, false);
        return (caller.IsAll && !owner.IsAll ? LogScope.Project(owner.ProjectId!) : caller, true);
    }

    private static bool IsContainerOf(LogScope scope, Guid tunnelId) =>
        ContainerIds.IsUuid(scope.ContainerId) && Guid.TryParseExact(scope.ContainerId, "D", out var id) && id == tunnelId;

    private static bool Includes(LogScope caller, LogScope owner, Guid tunnelId) =>
        caller.IsAll || (caller.ProjectId == owner.ProjectId && (caller.ContainerId is null || IsContainerOf(caller, tunnelId)));
}
