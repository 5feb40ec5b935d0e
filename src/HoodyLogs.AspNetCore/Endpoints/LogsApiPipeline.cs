using HoodyLogs.AspNetCore.Access;
using HoodyLogs.AspNetCore.Access.Callers;
using HoodyLogs.AspNetCore.Endpoints.Parameters;
using HoodyLogs.AspNetCore.Endpoints.Responses;
using HoodyLogs.Writing;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace HoodyLogs.AspNetCore.Endpoints;

/// <summary>Answers one route of the logs API for a caller whose scope is known and who named no other.</summary>
/// <param name="context">The request: GET or HEAD.</param>
/// <param name="scope">What the caller may see.</param>
/// <param name="query">The query string, which names no parameter that the route does not take.</param>
internal delegate Task LogsHandler(HttpContext context, LogScope scope, QueryParameters query);

/// <summary>What every route under <c>{prefix}/_logs</c> has in common, in this order: who asks, what for, how often.</summary>
internal sealed class LogsApiPipeline(ILogAuthorizer access, ReadLimiter limits, WriterHealth health, TimeProvider time, ILogger<LogsApiPipeline> logger)
{
    /// <summary>The answer to a read before the store was opened.</summary>
    public const string NotOpen = "The log store is not open yet; opening is tried again, and new entries are held in memory meanwhile";

    /// <summary>When to ask again for a store that is not open.</summary>
    public static readonly TimeSpan UnopenedRetryAfter = TimeSpan.FromSeconds(5);

    /// <summary>A route that is served.</summary>
    /// <param name="handler">Answers.</param>
    /// <param name="parameters">What its query string may hold.</param>
    /// <param name="countsAsRead">Whether it takes from the reads of a scope; streams have a limit of their own, and see themselves whether they read.</param>
    /// <param name="readsStore">Whether it needs the store to be open.</param>
    public RequestDelegate Serve(LogsHandler handler, RouteParameters parameters, bool countsAsRead = true, bool readsStore = true) => async context =>
    {
        if (await AdmitAsync(context).ConfigureAwait(false) is not { } scope) return;
        if (!await LogsApiRoutes.IsReadAsync(context, ApiError.WriteAsync).ConfigureAwait(false)) return;
        if (readsStore && !health.IsOpen)
        {
            await RefuseUnopenedAsync(context, scope).ConfigureAwait(false);
            return;
        }

        if (!countsAsRead)
        {
            await AnswerAsync(context, scope, handler, parameters).ConfigureAwait(false);
            return;
        }

        using var read = limits.TryRead(scope, ShowsBodies(context.Request), out var retryAfter);
        await (read is null
            ? ApiError.TooManyAsync(context, retryAfter, ReadLimiter.ReadRefused)
            : AnswerAsync(context, scope, handler, parameters)).ConfigureAwait(false);
    };

    /// <summary>A path under <c>_logs</c> that is none: claimed, so that no proxy sends it on (decision L10).</summary>
    public async Task NotFoundAsync(HttpContext context)
    {
        if (await AdmitAsync(context).ConfigureAwait(false) is null) return;
        await ApiError.WriteAsync(context, StatusCodes.Status404NotFound, "There is no such path in the logs API").ConfigureAwait(false);
    }

    /// <summary>The cause names files and processes of the host, so it is for admins alone.</summary>
    private Task RefuseUnopenedAsync(HttpContext context, LogScope scope)
    {
        ApiError.SetRetryAfter(context.Response, UnopenedRetryAfter);
        var message = scope.IsAll ? $"{NotOpen}. {health.Problem}" : NotOpen;
        return ApiError.WriteAsync(context, StatusCodes.Status503ServiceUnavailable, message);
    }

    private async ValueTask<LogScope?> AdmitAsync(HttpContext context)
    {
        var decision = access.Authorize(context);
        if (!decision.IsAllowed)
        {
            await ApiError.WriteAsync(context, decision.Status, decision.Message).ConfigureAwait(false);
            return null;
        }

        var query = Query(context);
        if (RequestedScope.Permits(decision.Scope, query.List("projectId"), query.List("containerId"))) return decision.Scope;
        await ApiError.WriteAsync(context, StatusCodes.Status403Forbidden, RequestedScope.NotPermitted).ConfigureAwait(false);
        return null;
    }

    /// <summary>Whether the answer may hold bodies: an entry alone always does.</summary>
    private static bool ShowsBodies(HttpRequest request) => request.RouteValues.ContainsKey("id")
        || request.Query.ContainsKey("includeRequestBody") || request.Query.ContainsKey("includeResponseBody");

    private QueryParameters Query(HttpContext context) => new(context.Request.Query, time.GetUtcNow().ToUnixTimeMilliseconds());

    private async Task AnswerAsync(HttpContext context, LogScope scope, LogsHandler handler, RouteParameters parameters)
    {
        var query = Query(context);
        query.RefuseUnknown(parameters);
        if (query.Fault is { } fault)
        {
            await ApiError.WriteAsync(context, StatusCodes.Status400BadRequest, fault).ConfigureAwait(false);
            return;
        }

        try
        {
            await handler(context, scope, query).ConfigureAwait(false);
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
                // Cut off, so that nobody takes half a page for a whole one.
                context.Abort();
                return;
            }

            ApiError.SetRetryAfter(context.Response, TimeSpan.FromSeconds(1));
            await ApiError.WriteAsync(context, StatusCodes.Status503ServiceUnavailable, "The log store cannot be read at the moment").ConfigureAwait(false);
        }
    }
}
