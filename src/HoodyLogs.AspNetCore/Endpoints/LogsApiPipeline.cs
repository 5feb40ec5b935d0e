using HoodyLogs.AspNetCore.Access;
using HoodyLogs.AspNetCore.Endpoints.Parameters;
using HoodyLogs.AspNetCore.Endpoints.Responses;
using HoodyLogs.Entries;
using HoodyLogs.Writing;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace HoodyLogs.AspNetCore.Endpoints;

/// <summary>Handles one route of the logs API for an authorized caller.</summary>
/// <param name="context">The request: GET or HEAD.</param>
/// <param name="scope">The caller's scope.</param>
/// <param name="query">The query string. It contains only parameters that the route accepts.</param>
internal delegate Task LogsHandler(HttpContext context, LogScope scope, QueryParameters query);

/// <summary>The steps that all routes under <c>{prefix}/_logs</c> share: authorization, method, state of the store, read limit and parameter names.</summary>
internal sealed class LogsApiPipeline(ILogAuthorizer authorizer, ReadLimiter limiter, WriterHealth health, TimeProvider time, ILogger<LogsApiPipeline> logger)
{
    /// <summary>Creates the request delegate of a route.</summary>
    /// <param name="handler">The handler.</param>
    /// <param name="parameters">The parameters that the route accepts.</param>
    /// <param name="countsAsRead">Whether a request counts as a read of its scope. The stream has its own limit, and decides itself whether it reads.</param>
    /// <param name="readsStore">Whether the route requires an open store.</param>
    public RequestDelegate Create(LogsHandler handler, RouteParameters parameters, bool countsAsRead = true, bool readsStore = true) => async context =>
    {
        if (await AuthorizeAsync(context).ConfigureAwait(false) is not { } scope) return;
        if (!await ReadGuards.AllowsMethodAsync(context, ApiError.WriteAsync).ConfigureAwait(false)) return;
        if (readsStore && !await ReadGuards.IsStoreOpenAsync(context, health, showCause: scope.IsAll, ApiError.WriteAsync).ConfigureAwait(false)) return;
        if (!countsAsRead)
        {
            await HandleAsync(context, scope, handler, parameters).ConfigureAwait(false);
            return;
        }

        using var lease = limiter.TryAcquireRead(scope, MayReturnBodies(context.Request), out var retryAfter);
        await (lease is null
            ? ApiError.WriteTooManyRequestsAsync(context, retryAfter, ReadLimiter.ReadLimitExceeded)
            : HandleAsync(context, scope, handler, parameters)).ConfigureAwait(false);
    };

    /// <summary>Answers 404 for an unknown path below <c>_logs</c>, so that the proxy does not forward it.</summary>
    public async Task WriteNotFoundAsync(HttpContext context)
    {
        if (await AuthorizeAsync(context).ConfigureAwait(false) is null) return;
        await ApiError.WriteAsync(context, StatusCodes.Status404NotFound, "There is no such path in the logs API").ConfigureAwait(false);
    }

    private async ValueTask<LogScope?> AuthorizeAsync(HttpContext context)
    {
        var authorization = authorizer.Authorize(context);
        if (!authorization.IsAllowed)
        {
            await ApiError.WriteAsync(context, authorization.Status, authorization.Message).ConfigureAwait(false);
            return null;
        }

        if (MayName(authorization.Scope, CreateQuery(context))) return authorization.Scope;
        await ApiError.WriteAsync(context, StatusCodes.Status403Forbidden, AuthorizationResult.ScopeNotPermitted).ConfigureAwait(false);
        return null;
    }

    /// <summary>Returns whether a caller may name the projects and containers of the query. The store limits the read to the scope in any case.</summary>
    private static bool MayName(LogScope scope, QueryParameters query) => scope.IsAll
        || (query.GetList("projectId").All(id => id == scope.ProjectId)
            && (scope.ContainerId is null || query.GetList("containerId").All(id => ContainerIds.Canonical(id) == scope.ContainerId)));

    /// <summary>Returns whether the answer may contain bodies. A single entry always may.</summary>
    private static bool MayReturnBodies(HttpRequest request) => request.RouteValues.ContainsKey("id")
        || request.Query.ContainsKey("includeRequestBody") || request.Query.ContainsKey("includeResponseBody");

    private QueryParameters CreateQuery(HttpContext context) => new(context.Request.Query, time.GetUtcNow().ToUnixTimeMilliseconds());

    private async Task HandleAsync(HttpContext context, LogScope scope, LogsHandler handler, RouteParameters parameters)
    {
        var query = CreateQuery(context);
        parameters.RejectUnknown(query);
        if (query.Error is { } error)
        {
            await ApiError.WriteBadRequestAsync(context, error).ConfigureAwait(false);
            return;
        }

        await ReadGuards.RunAsync(context, () => handler(context, scope, query), ApiError.WriteAsync, logger).ConfigureAwait(false);
    }
}
