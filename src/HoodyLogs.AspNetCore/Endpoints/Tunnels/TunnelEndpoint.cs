using System.Globalization;
using HoodyLogs.AspNetCore.Access;
using HoodyLogs.AspNetCore.Endpoints.Parameters;
using HoodyLogs.AspNetCore.Endpoints.Responses;
using HoodyLogs.Storage.Time;
using HoodyLogs.Writing;
using HoodyLogs.Writing.Queue;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace HoodyLogs.AspNetCore.Endpoints.Tunnels;

/// <summary><c>GET {prefix}/tunnels/{tunnelId}/requests</c>: a tunnel's requests of the last 24 hours (decisions U1 to U7).</summary>
internal sealed class TunnelEndpoint(
    ILogAuthorizer access, ReadLimiter limits, LogQueue queue, ILogStore store, TunnelRetentionWarning horizon, TrustedClock clock, ResponseBuffers buffers,
    WriterHealth health, ILogger<TunnelEndpoint> logger,
    ITunnelDirectory? directory = null)
{
    private const int DefaultLimit = 200;
    private const int MaxLimit = 500;

    public async Task HandleAsync(HttpContext context)
    {
        var decision = access.Authorize(context);
        if (!decision.IsAllowed)
        {
            await RefuseAsync(context, decision).ConfigureAwait(false);
            return;
        }

        if (!await LogsApiRoutes.IsReadAsync(context, MethodNotAllowedAsync).ConfigureAwait(false)) return;
        try
        {
            await AnswerAsync(context, decision.Scope).ConfigureAwait(false);
        }
        catch (OperationCanceledException end) when (end is ReaderTimedOutException || context.RequestAborted.IsCancellationRequested)
        {
            // The client left, or was cut off; nobody waits for an answer.
        }
        catch (LogStoreException failure)
        {
            EndpointMessages.ReadFailed(logger, failure);
            if (ResponseBuffer.HasSent(context))
            {
                // Cut off, so that nobody takes part of a page for the whole.
                context.Abort();
                return;
            }

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

        if (!health.IsOpen)
        {
            ApiError.SetRetryAfter(context.Response, LogsApiPipeline.UnopenedRetryAfter);
            await TunnelError.WriteAsync(context, StatusCodes.Status503ServiceUnavailable, "UNAVAILABLE", LogsApiPipeline.NotOpen).ConfigureAwait(false);
            return;
        }

        using var read = limits.TryRead(caller, withBodies: false, out var retryAfter);
        var parameters = new QueryParameters(context.Request.Query, clock.WallUs / 1000);
        parameters.RefuseUnknown(RouteParameters.Tunnel);
        var query = Read(parameters, tunnelId);

        // A refused caller gets what comes first in the documented order, without any row being read. A directory is not asked for one: then every
        // tunnel gets the same answer.
        if (read is null || parameters.Fault is not null) query = query with { Limit = 0 };
        else await queue.WaitForCommitAsync(context.RequestAborted).ConfigureAwait(false);
        var known = read is null && directory is not null ? null : await FindAsync(context, caller, tunnelId).ConfigureAwait(false);
        using var buffer = buffers.Rent();
        var page = known is null ? null : await ReadAsync(context, known.Value, query, buffer).ConfigureAwait(false);
        if (page is null && (read is not null || directory is null))
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

        if (read is null)
        {
            ApiError.SetRetryAfter(context.Response, retryAfter);
            await TunnelError.WriteAsync(context, StatusCodes.Status429TooManyRequests, "RATE_LIMITED", ReadLimiter.ReadRefused).ConfigureAwait(false);
            return;
        }

        if (page!.HasMore) context.Response.Headers.Link = NextLink(page.NewestUs, query.Limit);
        context.Response.ContentType = "application/json";
        await SendAsync(context, known!.Value.Scope, query, page, buffer).ConfigureAwait(false);
    }

    /// <summary>Sends the first piece and, where the page is large, reads and sends the others.</summary>
    private async ValueTask SendAsync(HttpContext context, LogScope scope, TunnelQuery query, TunnelPage page, ResponseBuffer buffer)
    {
        while (page.IsTruncated)
        {
            await buffer.SendAsync(context).ConfigureAwait(false);
            query = query with { Limit = query.Limit - page.Count, BeforeId = page.LastReturnedId };
            page = await store.ReadTunnelAsync(scope, query, Write, context.RequestAborted).ConfigureAwait(false) ?? new TunnelPage(0, 0, false);
        }

        buffer.Append("]"u8);
        await buffer.EndAsync(context).ConfigureAwait(false);

        void Write(in LogEntryView entry)
        {
            buffer.Append(","u8);
            TunnelEntryJson.Write(buffer, entry);
        }
    }

    /// <summary>Where to look for the tunnel, and whether it is known before its first entry; null for a tunnel that the caller cannot know of.</summary>
    private async ValueTask<(LogScope Scope, bool IsKnown)?> FindAsync(HttpContext context, LogScope caller, Guid tunnelId)
    {
        if (directory is null) return (caller, IsNamedBy(caller, tunnelId));
        var owner = await directory.FindOwnerAsync(tunnelId, context.RequestAborted).ConfigureAwait(false);
        if (owner is null || !Covers(caller, owner, tunnelId)) return null;
        return (caller.IsAll && !owner.IsAll ? LogScope.Project(owner.ProjectId!) : caller, true);
    }

    /// <summary>The page, or its first piece; null for a tunnel that is not known.</summary>
    private async ValueTask<TunnelPage?> ReadAsync(HttpContext context, (LogScope Scope, bool IsKnown) tunnel, TunnelQuery query, ResponseBuffer buffer)
    {
        if (query.Limit > 0) await horizon.WatchAsync(query.NotBeforeMs, context.RequestAborted).ConfigureAwait(false);
        var count = 0;
        buffer.Append("["u8);
        var page = await store.ReadTunnelAsync(tunnel.Scope, query, Write, context.RequestAborted).ConfigureAwait(false);
        return page ?? (tunnel.IsKnown ? new TunnelPage(0, 0, false) : null);

        void Write(in LogEntryView entry)
        {
            if (count++ > 0) buffer.Append(","u8);
            TunnelEntryJson.Write(buffer, entry);
        }
    }

    private TunnelQuery Read(QueryParameters parameters, Guid tunnelId) => new(
        tunnelId,
        (int?)parameters.Integer("limit", 1, MaxLimit) ?? DefaultLimit,
        parameters.Timestamp("after"),
        (clock.NowUs / 1000) - (long)TunnelRetentionWarning.Age.TotalMilliseconds)
    {
        MaxBytes = ResponseBuffers.PieceBytes,
    };

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

    private static Task RefuseAsync(HttpContext context, AuthorizationResult decision)
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
