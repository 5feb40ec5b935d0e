using System.Globalization;
using HoodyLogs.AspNetCore.Access;
using HoodyLogs.Entries;
using HoodyLogs.Queries;
using HoodyLogs.Storage;
using HoodyLogs.Tenancy;
using HoodyLogs.Writing;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace HoodyLogs.AspNetCore.Endpoints;

/// <summary><c>GET {prefix}/tunnels/{tunnelId}/requests</c>: a tunnel's requests of the last 24 hours (decisions U1 to U7).</summary>
internal sealed class TunnelEndpoint(
    ILogAccess access, LogLimits limits, LogQueue queue, ILogStore store, TunnelHorizon horizon, TimeProvider time, ILogger<TunnelEndpoint> logger,
    ITunnelDirectory? directory = null)
{
    private const int DefaultLimit = 200;
    private const int MaxLimit = 500;

    public async Task HandleAsync(HttpContext context)
    {
        var decision = access.Decide(context);
        if (!decision.IsAllowed)
        {
            await RefuseAsync(context, decision).ConfigureAwait(false);
            return;
        }

        if (!await LogsRoutes.IsReadAsync(context, MethodNotAllowedAsync).ConfigureAwait(false)) return;
        try
        {
            await AnswerAsync(context, decision.Scope).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client left; nobody waits for an answer.
        }
        catch (LogStoreException failure)
        {
            EndpointMessages.ReadFailed(logger, failure);
            ApiError.SetRetryAfter(context.Response, TimeSpan.FromSeconds(1));
            await TunnelError.WriteAsync(
                context, StatusCodes.Status503ServiceUnavailable, "UNAVAILABLE", "The log store cannot be read at the moment").ConfigureAwait(false);
        }
    }

    private async Task AnswerAsync(HttpContext context, LogScope caller)
    {
        if (!TunnelId.TryParse(context.GetRouteValue("tunnelId") as string, out var tunnelId))
        {
            await TunnelError.WriteAsync(
                context, StatusCodes.Status400BadRequest, "INVALID_TUNNEL_ID", "The tunnel identifier must be a UUID").ConfigureAwait(false);
            return;
        }

        // Refused callers are told what comes first (decision U2): whether the tunnel is theirs, without any of its rows being read.
        var admitted = limits.TryRead(caller, out var retryAfter);
        var parameters = new QueryReader(context.Request.Query);
        var query = Read(parameters, tunnelId);
        if (!admitted) query = query with { Limit = 0 };
        if (admitted && parameters.Fault is null) await queue.CatchUpAsync(context.RequestAborted).ConfigureAwait(false);
        using var buffer = new ResponseBuffer();
        var page = await ReadAsync(context, caller, query, buffer).ConfigureAwait(false);
        if (page is null)
        {
            await TunnelError.WriteAsync(
                context, StatusCodes.Status404NotFound, "TUNNEL_NOT_FOUND", "The tunnel does not exist or is not yours").ConfigureAwait(false);
            return;
        }

        if (parameters.Fault is { } fault)
        {
            await TunnelError.WriteAsync(
                context, StatusCodes.Status400BadRequest, "INVALID_INPUT", fault, parameters.FaultyParameter).ConfigureAwait(false);
            return;
        }

        if (!admitted)
        {
            ApiError.SetRetryAfter(context.Response, retryAfter);
            await TunnelError.WriteAsync(context, StatusCodes.Status429TooManyRequests, "RATE_LIMITED", LogLimits.ReadRefused).ConfigureAwait(false);
            return;
        }

        if (page.HasMore) context.Response.Headers.Link = NextLink(page.NewestUs, query.Limit);
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = buffer.Length;
        await buffer.SendAsync(context).ConfigureAwait(false);
    }

    /// <summary>The page; null for a tunnel that the caller cannot know of.</summary>
    private async ValueTask<TunnelPage?> ReadAsync(HttpContext context, LogScope caller, TunnelQuery query, ResponseBuffer buffer)
    {
        var (scope, isKnown) = (caller, IsNamedBy(caller, query.TunnelId));
        if (directory is not null)
        {
            var owner = await directory.FindOwnerAsync(query.TunnelId, context.RequestAborted).ConfigureAwait(false);
            if (owner is null || !Covers(caller, owner, query.TunnelId)) return null;
            if (scope.IsAll && !owner.IsAll) scope = LogScope.Project(owner.ProjectId!);
            isKnown = true;
        }

        await horizon.WatchAsync(query.NotBeforeMs, context.RequestAborted).ConfigureAwait(false);
        var count = 0;
        buffer.Append("["u8);
        var page = await store.ReadTunnelAsync(scope, query, Write, context.RequestAborted).ConfigureAwait(false);
        buffer.Append("]"u8);
        return page ?? (isKnown ? new TunnelPage(0, 0, false) : null);

        void Write(in LogEntryView entry)
        {
            if (count++ > 0) buffer.Append(","u8);
            TunnelEntryJson.Write(buffer, entry);
        }
    }

    private TunnelQuery Read(QueryReader parameters, Guid tunnelId) => new(
        tunnelId,
        (int?)parameters.Integer("limit", 1, MaxLimit) ?? DefaultLimit,
        parameters.Timestamp("after"),
        (time.GetUtcNow() - TunnelHorizon.Age).ToUnixTimeMilliseconds());

    /// <summary>A container that the caller's scope names is known even before its first entry.</summary>
    private static bool IsNamedBy(LogScope scope, Guid tunnelId) => TunnelId.TryParse(scope.ContainerId, out var id) && id == tunnelId;

    private static bool Covers(LogScope caller, LogScope owner, Guid tunnelId) =>
        caller.IsAll || (caller.ProjectId == owner.ProjectId && (caller.ContainerId is null || IsNamedBy(caller, tunnelId)));

    /// <summary>The query alone: a path would be wrong behind a prefix that a server in between adds or removes.</summary>
    private static string NextLink(long newestUs, int limit)
    {
        var after = DateTime.UnixEpoch.AddTicks(newestUs * TimeSpan.TicksPerMicrosecond);
        return string.Create(CultureInfo.InvariantCulture, $"<?after={after:yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'}&limit={limit}>; rel=\"next\"");
    }

    private static Task RefuseAsync(HttpContext context, AccessDecision decision)
    {
        if (decision.Status == StatusCodes.Status421MisdirectedRequest)
        {
            return TunnelError.WriteAsync(context, decision.Status, "MISDIRECTED_REQUEST", decision.Message!);
        }

        context.Response.Headers.WWWAuthenticate = "Bearer";
        return TunnelError.WriteAsync(context, StatusCodes.Status401Unauthorized, "UNAUTHORIZED", "Missing or invalid access token");
    }

    private static Task MethodNotAllowedAsync(HttpContext context, int status, string message) =>
        TunnelError.WriteAsync(context, status, "METHOD_NOT_ALLOWED", message);
}
