using HoodyLogs.Entries;

namespace HoodyLogs;

/// <summary>
/// The entries that a caller can read: everything, one project, or one container of a project. Every read takes a scope, and the store limits the read
/// to it, so code cannot read without a scope.
/// </summary>
public sealed record LogScope
{
    private LogScope(string? projectId, string? containerId)
    {
        ProjectId = projectId;
        ContainerId = containerId;
    }

    /// <summary>Everything, including entries without a project: the scope of an admin, and of code in the host.</summary>
    public static LogScope All { get; } = new(null, null);

    /// <summary>The project, or null for <see cref="All"/>.</summary>
    public string? ProjectId { get; }

    /// <summary>The container, or null if the scope is not a container.</summary>
    public string? ContainerId { get; }

    /// <summary>Whether the scope is <see cref="All"/>.</summary>
    public bool IsAll => ProjectId is null;

    /// <summary>Creates the scope of one project.</summary>
    /// <param name="projectId">The project. Not empty; case-sensitive.</param>
    public static LogScope Project(string projectId)
    {
        ArgumentException.ThrowIfNullOrEmpty(projectId);
        return new LogScope(projectId, null);
    }

    /// <summary>Creates the scope of one container.</summary>
    /// <param name="projectId">The project. Not empty; case-sensitive.</param>
    /// <param name="containerId">The container. Not empty; case-sensitive, except for UUIDs.</param>
    public static LogScope Container(string projectId, string containerId)
    {
        ArgumentException.ThrowIfNullOrEmpty(projectId);
        ArgumentException.ThrowIfNullOrEmpty(containerId);
        return new LogScope(projectId, ContainerIds.Canonical(containerId));
    }

    /// <summary>Returns whether the scope includes records of this series.</summary>
    /// <param name="series">The series.</param>
    public bool Includes(in SeriesKey series) =>
        ProjectId is null || (series.ProjectId == ProjectId && (ContainerId is null || series.ContainerId == ContainerId));

    /// <summary>Returns the scope for messages and metrics: <c>*</c>, <c>project</c> or <c>project/container</c>.</summary>
    public override string ToString() => ProjectId is null ? "*" : ContainerId is null ? ProjectId : $"{ProjectId}/{ContainerId}";
}
