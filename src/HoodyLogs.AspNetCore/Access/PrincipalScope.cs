using System.Security.Claims;
using HoodyLogs.Tenancy;

namespace HoodyLogs.AspNetCore.Access;

/// <summary>What the host's own authentication says about a caller (decision A1 (2)).</summary>
internal static class PrincipalScope
{
    private const string ProjectClaim = "project_id";
    private const string ContainerClaim = "container_id";
    private const string AdminRole = "logs-admin";

    /// <summary>The scope that the authenticated identities name; null where they name none, or more than one project or container.</summary>
    public static LogScope? Of(ClaimsPrincipal user)
    {
        var (projects, containers) = (new HashSet<string>(1), new HashSet<string>(1));
        foreach (var identity in user.Identities)
        {
            if (!identity.IsAuthenticated) continue;
            if (identity.HasClaim(identity.RoleClaimType, AdminRole)) return LogScope.All;
            foreach (var claim in identity.Claims)
            {
                if (claim.Value.Length == 0) continue;
                if (claim.Type == ProjectClaim) projects.Add(claim.Value);
                else if (claim.Type == ContainerClaim) containers.Add(claim.Value);
            }
        }

        if (projects.Count != 1 || containers.Count > 1) return null;
        return containers.Count == 0 ? LogScope.Project(projects.First()) : LogScope.Container(projects.First(), containers.First());
    }
}
