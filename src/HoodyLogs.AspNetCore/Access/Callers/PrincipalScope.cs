using System.Security.Claims;

namespace HoodyLogs.AspNetCore.Access.Callers;

/// <summary>What the host's own authentication says about a caller (decision A1 (2)).</summary>
internal static class PrincipalScope
{
    /// <summary>The most characters of an id.</summary>
    public const int MaxIdLength = 128;

    /// <summary>
    /// The scope that the authenticated identities name; null where they name none, more than one project or container, or something that is no
    /// id. A claim that is not understood never widens the scope.
    /// </summary>
    public static LogScope? Of(ClaimsPrincipal user, AccessOptions options)
    {
        string? project = null, container = null;
        if (user.Identities.Any(identity => identity.IsAuthenticated && identity.HasClaim(identity.RoleClaimType, options.AdminRole))) return LogScope.All;
        foreach (var identity in user.Identities)
        {
            if (!identity.IsAuthenticated) continue;
            foreach (var claim in identity.Claims)
            {
                if (claim.Type == options.ProjectClaim && !TryTake(claim.Value, ref project)) return null;
                if (claim.Type == options.ContainerClaim && !TryTake(claim.Value, ref container)) return null;
            }
        }

        if (project is null) return null;
        return container is null ? LogScope.Project(project) : LogScope.Container(project, container);
    }

    /// <summary>Whether a text can be the id of a project or container: 1 to 128 characters, no blanks at its ends, no control characters.</summary>
    public static bool IsId(string text) =>
        text.Length is > 0 and <= MaxIdLength && !char.IsWhiteSpace(text[0]) && !char.IsWhiteSpace(text[^1]) && !text.Any(char.IsControl);

    private static bool TryTake(string value, ref string? id)
    {
        if (!IsId(value) || (id is not null && id != value)) return false;
        id = value;
        return true;
    }
}
