using HoodyLogs.Tenancy;
using HoodyLogs.Writing;

namespace ReverseProxySample;

/// <summary>What a host does when a container of a tenant goes away, here at an admin's request.</summary>
internal static class Destroying
{
    public static void MapDestroy(this IEndpointRouteBuilder endpoints) =>
        endpoints.MapPost("/demo/destroy/{projectId}/{containerId}", DestroyAsync).ExcludeFromDescription();

    private static async Task<IResult> DestroyAsync(string projectId, string containerId, ILogScopes scopes, HttpContext context)
    {
        if (context.GetLogScope() is not { IsAll: true })
        {
            return Results.Json(
                new { statusCode = StatusCodes.Status403Forbidden, error = "Forbidden", message = "Only an admin may destroy a scope" },
                statusCode: StatusCodes.Status403Forbidden);
        }

        await scopes.DestroyAsync(LogScope.Container(projectId, containerId), context.RequestAborted);
        return Results.NoContent();
    }
}
