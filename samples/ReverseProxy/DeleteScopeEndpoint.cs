using HoodyLogs;

namespace ReverseProxySample;

/// <summary>Deletes the entries of a container at the request of an admin.</summary>
internal static class DeleteScopeEndpoint
{
    public static void MapDeleteScope(this IEndpointRouteBuilder endpoints) =>
        endpoints.MapPost("/demo/delete-scope/{projectId}/{containerId}", DeleteAsync).ExcludeFromDescription();

    private static async Task<IResult> DeleteAsync(string projectId, string containerId, IScopeDeleter deleter, HttpContext context)
    {
        if (IsCrossSite(context.Request)) return Refuse("A page of another site cannot delete a scope");
        if (context.GetLogScope() is not { IsAll: true }) return Refuse("Only an admin can delete a scope");
        await deleter.DeleteAsync(LogScope.Container(projectId, containerId), context.RequestAborted);
        return Results.NoContent();
    }

    /// <summary>
    /// Returns whether a page of another origin sent the request. On an admin port, and in Development on this machine, no token is needed, so any site could
    /// make the browser of its visitor send this request. Browsers name the origin of a POST. Other clients send neither header.
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
