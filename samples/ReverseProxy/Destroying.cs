using HoodyLogs;


namespace ReverseProxySample;

/// <summary>What a host does when a container of a tenant goes away, here at an admin's request.</summary>
internal static class Destroying
{
    public static void MapDestroy(this IEndpointRouteBuilder endpoints) =>
        endpoints.MapPost("/demo/destroy/{projectId}/{containerId}", DestroyAsync).ExcludeFromDescription();

    private static async Task<IResult> DestroyAsync(string projectId, string containerId, IScopeDeleter scopes, HttpContext context)
    {
        if (IsCrossSite(context.Request)) return Refuse("Pages of other sites may not destroy a scope");
        if (context.GetLogScope() is not { IsAll: true }) return Refuse("Only an admin may destroy a scope");
        await scopes.DeleteAsync(LogScope.Container(projectId, containerId), context.RequestAborted);
        return Results.NoContent();
    }

    /// <summary>
    /// Whether a page of another origin sent the request. An admin port and Development on this machine need no token, so any site could make its
    /// visitor's browser send this. Browsers say where a POST comes from; other clients send neither header.
    /// </summary>
    private static bool IsCrossSite(HttpRequest request)
    {
        foreach (var site in request.Headers["Sec-Fetch-Site"])
        {
            if (site is not ("same-origin" or "none")) return true;
        }

        foreach (var origin in request.Headers.Origin)
        {
            if (!string.Equals(origin, $"{request.Scheme}://{request.Host}", StringComparison.OrdinalIgnoreCase)) return true;
        }

        return false;
    }

    private static IResult Refuse(string message) => Results.Json(
        new { statusCode = StatusCodes.Status403Forbidden, error = "Forbidden", message }, statusCode: StatusCodes.Status403Forbidden);
}
