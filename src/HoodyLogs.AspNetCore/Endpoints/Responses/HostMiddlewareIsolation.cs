using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.AspNetCore.OutputCaching;
using Microsoft.Extensions.Logging;

namespace HoodyLogs.AspNetCore.Endpoints.Responses;

/// <summary>
/// Keeps the host's own middleware from storing, sharing, delaying, cutting or replacing the answers of the library's routes. Metadata speaks to
/// middleware that runs after routing, features to middleware that runs before it.
/// </summary>
internal sealed class HostMiddlewareIsolation(ILogger<HostMiddlewareIsolation> logger)
{
    private const string Failed = "The request failed unexpectedly; the log of the host says why";

    /// <summary>Protects every route of a group, those mapped later included.</summary>
    public void Protect(IEndpointConventionBuilder group) => group.Finally(Protect);

    /// <summary>Runs after all other conventions, so that none of the host's comes later and wins.</summary>
    private void Protect(EndpointBuilder endpoint)
    {
        endpoint.Metadata.Add(new OutputCacheAttribute { NoStore = true });
        endpoint.Metadata.Add(new DisableRequestTimeoutAttribute());

        // A fallback policy would lock out callers who have a token of ours. What the host has decided for these routes stays.
        if (!endpoint.Metadata.Any(IsAuthorization)) endpoint.Metadata.Add(new AllowAnonymousAttribute());
        endpoint.RequestDelegate = Guard(endpoint.RequestDelegate!, endpoint.Metadata.OfType<ErrorWriter>().FirstOrDefault() ?? ApiError.Form);
    }

    private static bool IsAuthorization(object metadata) =>
        metadata is IAuthorizeData or IAllowAnonymous or AuthorizationPolicy or IAuthorizationRequirementData;

    private RequestDelegate Guard(RequestDelegate handler, ErrorWriter form) => async context =>
    {
        try
        {
            Prepare(context);
            await handler(context).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is OperationCanceledException or IOException && context.RequestAborted.IsCancellationRequested)
        {
            // The client left; nobody waits for an answer.
        }
#pragma warning disable CA1031 // whatever escapes would reach the host's error page, which may show it to the caller
        catch (Exception failure)
#pragma warning restore CA1031
        {
            EndpointMessages.RequestFailed(logger, failure);
            await FailAsync(context, form).ConfigureAwait(false);
        }
    };

    private static void Prepare(HttpContext context)
    {
        var response = context.Response;
        response.StatusCode = StatusCodes.Status200OK; // ShortCircuit may have set another one
        response.Headers.CacheControl = "no-store";
        response.Headers.XContentTypeOptions = "nosniff";
        if (context.Features.Get<IOutputCacheFeature>() is { } cache) NoOutputCache.Disable(cache.Context);
        context.Features.Get<IHttpRequestTimeoutFeature>()?.DisableTimeout();
        if (context.Features.Get<IStatusCodePagesFeature>() is { } pages) pages.Enabled = false;
    }

    private static async Task FailAsync(HttpContext context, ErrorWriter form)
    {
        if (ResponseBuffer.HasSent(context))
        {
            // Cut off, so that nobody takes part of an answer for the whole.
            context.Abort();
            return;
        }

        try
        {
            context.Response.Headers.Link = default;
            context.Response.Headers.RetryAfter = default;
            await form.WriteAsync(context, StatusCodes.Status500InternalServerError, Failed).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is OperationCanceledException or IOException or InvalidOperationException)
        {
            context.Abort();
        }
    }
}
