using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.AspNetCore.OutputCaching;
using Microsoft.Extensions.Logging;

namespace HoodyLogs.AspNetCore.Endpoints.Responses;

/// <summary>
/// Prevents the host's middleware from caching, sharing, delaying, cutting off or replacing the responses of the logs API. Endpoint metadata controls
/// middleware that runs after routing. Features control middleware that runs before it.
/// </summary>
internal sealed class HostMiddlewareIsolation(ILogger<HostMiddlewareIsolation> logger)
{
    private const string UnexpectedFailure = "The request failed unexpectedly; the log of the host says why";

    /// <summary>Protects all routes of a group, including routes that are mapped later.</summary>
    public void Apply(IEndpointConventionBuilder group) => group.Finally(Apply);

    /// <summary>Runs after all conventions of the host, so that none of them overrides this one.</summary>
    private void Apply(EndpointBuilder endpoint)
    {
        endpoint.Metadata.Add(new OutputCacheAttribute { NoStore = true });
        endpoint.Metadata.Add(new DisableRequestTimeoutAttribute());

        // A fallback policy would refuse callers with a token of the logs API. Authorization that the host sets on these routes stays in force.
        if (!endpoint.Metadata.Any(IsAuthorization)) endpoint.Metadata.Add(new AllowAnonymousAttribute());
        endpoint.RequestDelegate = HandleErrors(endpoint.RequestDelegate!, endpoint.Metadata.OfType<ErrorWriter>().FirstOrDefault() ?? ApiError.WriteAsync);
    }

    private static bool IsAuthorization(object metadata) =>
        metadata is IAuthorizeData or IAllowAnonymous or AuthorizationPolicy or IAuthorizationRequirementData;

    private RequestDelegate HandleErrors(RequestDelegate handler, ErrorWriter writeError) => async context =>
    {
        try
        {
            PrepareResponse(context);
            await handler(context).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is OperationCanceledException or IOException && context.RequestAborted.IsCancellationRequested)
        {
            // The client left.
        }
#pragma warning disable CA1031 // the host's error page may show an exception to the caller
        catch (Exception failure)
#pragma warning restore CA1031
        {
            EndpointMessages.RequestFailed(logger, failure);
            await WriteFailureAsync(context, writeError).ConfigureAwait(false);
        }
    };

    private static void PrepareResponse(HttpContext context)
    {
        var response = context.Response;
        response.StatusCode = StatusCodes.Status200OK; // ShortCircuit may have set another status
        response.Headers.CacheControl = "no-store";
        response.Headers.XContentTypeOptions = "nosniff";
        if (context.Features.Get<IOutputCacheFeature>() is { } cache) NoOutputCache.Disable(cache.Context);
        context.Features.Get<IHttpRequestTimeoutFeature>()?.DisableTimeout();
        if (context.Features.Get<IStatusCodePagesFeature>() is { } pages) pages.Enabled = false;
    }

    private static async Task WriteFailureAsync(HttpContext context, ErrorWriter writeError)
    {
        if (ResponseBuffer.HasSent(context))
        {
            // The client must not take a part of the response for the whole.
            context.Abort();
            return;
        }

        try
        {
            context.Response.Headers.Link = default;
            context.Response.Headers.RetryAfter = default;
            await writeError(context, StatusCodes.Status500InternalServerError, UnexpectedFailure).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is OperationCanceledException or IOException or InvalidOperationException)
        {
            context.Abort();
        }
    }
}
