using HoodyLogs.Writing;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace HoodyLogs.AspNetCore.Endpoints.Responses;

/// <summary>The checks and error answers that all routes share. Each route passes the form of its own error bodies.</summary>
internal static class ReadGuards
{
    private const string StoreNotOpen = "The log store is not open yet; opening is being retried, and new entries are held in memory meanwhile";

    private static readonly TimeSpan NotOpenRetryAfter = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan FailedRetryAfter = TimeSpan.FromSeconds(1);

    /// <summary>Returns whether the method is GET or HEAD; otherwise answers 405.</summary>
    public static async ValueTask<bool> AllowsMethodAsync(HttpContext context, ErrorWriter writeError)
    {
        var method = context.Request.Method;
        if (HttpMethods.IsGet(method) || HttpMethods.IsHead(method)) return true;
        context.Response.Headers.Allow = "GET, HEAD";
        await writeError(context, StatusCodes.Status405MethodNotAllowed, "Only GET and HEAD are served here").ConfigureAwait(false);
        return false;
    }

    /// <summary>Returns whether the store is open; otherwise answers 503.</summary>
    /// <param name="context">The request.</param>
    /// <param name="health">The state of the store.</param>
    /// <param name="showCause">Whether the answer shows the cause, which names files and processes of the host.</param>
    /// <param name="writeError">The form of the error body.</param>
    public static async ValueTask<bool> IsStoreOpenAsync(HttpContext context, WriterHealth health, bool showCause, ErrorWriter writeError)
    {
        if (health.IsOpen) return true;
        ApiError.SetRetryAfter(context.Response, NotOpenRetryAfter);
        var message = showCause ? $"{StoreNotOpen}. {health.Problem}" : StoreNotOpen;
        await writeError(context, StatusCodes.Status503ServiceUnavailable, message).ConfigureAwait(false);
        return false;
    }

    /// <summary>Runs a handler. If the store cannot be read, logs that and answers 503, or aborts a response that was begun.</summary>
    public static async Task RunAsync(HttpContext context, Func<Task> handler, ErrorWriter writeError, ILogger logger)
    {
        try
        {
            await handler().ConfigureAwait(false);
        }
        catch (OperationCanceledException end) when (end is SendTimeoutException || context.RequestAborted.IsCancellationRequested)
        {
            // The client left, or its connection was aborted.
        }
        catch (LogStoreException failure)
        {
            EndpointMessages.ReadFailed(logger, failure);
            if (ResponseBuffer.HasSent(context))
            {
                // The client must not take a part of the answer for the whole.
                context.Abort();
                return;
            }

            ApiError.SetRetryAfter(context.Response, FailedRetryAfter);
            await writeError(context, StatusCodes.Status503ServiceUnavailable, "The log store cannot be read at the moment").ConfigureAwait(false);
        }
    }
}
