using System.Security.Claims;

namespace HoodyLogs.AspNetCore.Access.Callers;

/// <summary>Reads the scope of a user from the claims of the host's authentication.</summary>
internal static class PrincipalScope
{
    /// <summary>The maximum number of characters of an id.</summary>
    public const int MaxIdLength = 128;

    /// <summary>
    /// Gets the scope that the claims of the authenticated identities name; null if they name none, more than one project or container, or an invalid id.
    /// An invalid claim never widens the scope.
    /// </summary>
    public static LogScope? GetScope(ClaimsPrincipal user, AccessOptions options)
    {
        string? project = null, container = null;
        if (user.Identities.Any(identity => identity.IsAuthenticated && identity.HasClaim(identity.RoleClaimType, options.AdminRole))) return LogScope.All;
        foreach (var identity in user.Identities)
        {
            if (!identity.IsAuthenticated) continue;
            foreach (var claim in identity.Claims)
            {
                if (claim.Type == options.ProjectClaim && !TrySetId(claim.Value, ref project)) return null;
                if (claim.Type == options.ContainerClaim && !TrySetId(claim.Value, ref container)) return null;
            }
        }

        if (project is null) return null;
        return container is null ? LogScope.Project(project) : LogScope.Container(project, container);
    }

    /// <summary>Returns whether a text can be the id of a project or container: 1 to 128 characters, without control characters, and without spaces at its ends.</summary>
    public static bool IsId(string text) =>
        text.Length is > 0 and <= MaxIdLength && !char.IsWhiteSpace(text[0]) && !char.IsWhiteSpace(text[^1]) && !text.Any(char.IsControl);

    private static bool TrySetId(string value, ref string? id)
    {
        if (!IsId(value) || (id is not null && id != value)) return false;
        id = value;
        return true;
    }
}
