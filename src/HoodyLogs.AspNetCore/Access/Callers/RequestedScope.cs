using HoodyLogs.Entries;

namespace HoodyLogs.AspNetCore.Access.Callers;

/// <summary>What a caller may name in a query (decision A2). The store confines the read all the same; naming a foreign scope is told.</summary>
internal static class RequestedScope
{
    public const string NotPermitted = "Caller is not permitted to read logs for this scope";

    /// <summary>Whether a caller of this scope may name all that the filter names.</summary>
    public static bool Permits(LogScope scope, IReadOnlyCollection<string> projectIds, IReadOnlyCollection<string> containerIds) =>
        scope.IsAll || (projectIds.All(id => id == scope.ProjectId) && (scope.ContainerId is null || containerIds.All(id => ContainerIds.Canonical(id) == scope.ContainerId)));
}
