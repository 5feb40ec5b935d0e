using System.Globalization;
using HoodyLogs.AspNetCore.Access;
using HoodyLogs.AspNetCore.Endpoints.Parameters;
using HoodyLogs.AspNetCore.Endpoints.Responses;
using HoodyLogs.Entries;
using HoodyLogs.Storage.Time;
using HoodyLogs.Writing;
using HoodyLogs.Writing.Queue;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace HoodyLogs.AspNetCore.Endpoints.Tunnels;

/// <summary><c>GET {prefix}/tunnels/{tunnelId}/requests</c>: the requests of a tunnel in the last 24 hours.</summary>
internal sealed class TunnelEndpoint(
    ILogAuthorizer authorizer, ReadLimiter limiter, LogQueue queue, TunnelRequestReader reader, TrustedClock clock, ResponseBufferFactory buffers, WriterHealth health,
    ILogger<TunnelEndpoint> logger)
{
    public async Task HandleAsync(HttpContext context)
    {
        var authorization = authorizer.Authorize(context);
        if (!authorization.IsAllowed)
        {
            await WriteUnauthorizedAsync(context, authorization).ConfigureAwait(false);
            return;
        }

        if (!await ReadGuards.AllowsMethodAsync(context, TunnelError.Writer).ConfigureAwait(false)) return;
        await ReadGuards.RunAsync(context, () => RespondAsync(context, authorization.Scope), TunnelError.Writer, logger).ConfigureAwait(false);
    }

    private async Task RespondAsync(HttpContext context, LogScope caller)
    {
        if (!TryParseTunnelId(context.GetRouteValue("tunnelId") as string, out var tunnelId))
        {
            await TunnelError.WriteAsync(
                context, StatusCodes.Status400BadRequest, "INVALID_TUNNEL_ID", "The tunnel identifier must be a UUID").ConfigureAwait(false);
            return;
        }

        if (!await ReadGuards.IsStoreOpenAsync(context, health, showCause: false, TunnelError.Writer).ConfigureAwait(false)) return;
        using var lease = limiter.TryAcquireRead(caller, withBodies: false, out var retryAfter);
        var parameters = new QueryParameters(context.Request.Query, clock.WallUs / 1000);
        RouteParameters.Tunnel.RejectUnknown(parameters);
        var query = Bind(parameters, tunnelId);
        var canRead = lease is not null && parameters.Error is null;
        if (canRead) await queue.WaitForCommitAsync(context.RequestAborted).ConfigureAwait(false);
        else query = query with { Limit = 0 }; // an unknown tunnel is reported before other errors, without reading rows
        using var buffer = buffers.Create();
        var result = await reader.ReadAsync(caller, query, buffer, isLimited: lease is null, context.RequestAborted).ConfigureAwait(false);
        if (result.IsUnknown)
        {
            await TunnelError.WriteAsync(
                context, StatusCodes.Status404NotFound, "TUNNEL_NOT_FOUND", "The tunnel does not exist or is not yours").ConfigureAwait(false);
        }
        else if (!canRead)
        {
            await WriteErrorAsync(context, parameters, retryAfter).ConfigureAwait(false);
        }
        else
        {
            if (result.Page!.HasMore) context.Response.Headers.Link = CreateNextLink(result.Page.NewestUs, query.Limit);
            context.Response.ContentType = "application/json";
            await reader.SendAsync(context, result, query, buffer).ConfigureAwait(false);
        }
    }

    private TunnelQuery Bind(QueryParameters parameters, Guid tunnelId) => new(
        tunnelId,
        (int?)parameters.GetInteger("limit", 1, ApiParameters.MaxTunnelLimit) ?? ApiParameters.DefaultLimit,
        parameters.GetTimestamp("after"),
        (clock.NowUs / 1000) - (long)TunnelRetentionWarning.MaxAge.TotalMilliseconds)
    {
        MaxBytes = ResponseBufferFactory.FlushThresholdBytes,
    };

    /// <summary>Parses 8-4-4-4-12 hex digits, in either case.</summary>
    private static bool TryParseTunnelId(string? text, out Guid id)
    {
        id = default;
        return ContainerIds.IsUuid(text) && Guid.TryParseExact(text, "D", out id);
    }

    /// <summary>Creates a link that has a query only, because a server in between may add or remove a prefix of the path.</summary>
    private static string CreateNextLink(long newestUs, int limit)
    {
        var after = DateTime.UnixEpoch.AddTicks(newestUs * TimeSpan.TicksPerMicrosecond);
        return string.Create(CultureInfo.InvariantCulture, $"<?after={after:yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'}&limit={limit}>; rel=\"next\"");
    }

    private static Task WriteErrorAsync(HttpContext context, QueryParameters parameters, TimeSpan retryAfter)
    {
        if (parameters.Error is { } error)
        {
            return TunnelError.WriteAsync(context, StatusCodes.Status400BadRequest, "INVALID_INPUT", error, parameters.InvalidParameter);
        }

        ApiError.SetRetryAfter(context.Response, retryAfter);
        return TunnelError.WriteAsync(context, StatusCodes.Status429TooManyRequests, "RATE_LIMITED", ReadLimiter.ReadLimitExceeded);
    }

    private static Task WriteUnauthorizedAsync(HttpContext context, AuthorizationResult authorization)
    {
        if (authorization.Status == StatusCodes.Status421MisdirectedRequest)
        {
            return TunnelError.WriteAsync(context, authorization.Status, "MISDIRECTED_REQUEST", authorization.Message!);
        }

        context.Response.Headers.WWWAuthenticate = "Bearer";
        return TunnelError.WriteAsync(context, StatusCodes.Status401Unauthorized, "UNAUTHORIZED", "Missing or invalid access token");
    }
}
