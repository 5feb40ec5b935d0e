using HoodyLogs.Entries;

namespace HoodyLogs;

/// <summary>
/// What a caller may see: everything, one project, or one container of a project (decision A2). Every read takes one, so a read without
/// a scope cannot be written down; the store confines the read to it.
/// </summary>
public sealed record LogScope
{
    private LogScope(string? projectId, string? containerId)
    {
        ProjectId = projectId;
        ContainerId = containerId;
    }

    /// <summary>Everything, entries of unknown scope included: the scope of an admin, and of the host's own code.</summary>
    public static LogScope All { get; } = new(null, null);

    /// <summary>The project; null for <see cref="All"/>.</summary>
    public string? ProjectId { get; }

    /// <summary>The container; null unless the scope is a container's.</summary>
    public string? ContainerId { get; }

    /// <summary>Whether this is the scope of an admin.</summary>
    public bool IsAll => ProjectId is null;

    /// <summary>The scope of one project.</summary>
    /// <param name="projectId">Not empty; compared by ordinal.</param>
    public static LogScope Project(string projectId)
    {
        ArgumentException.ThrowIfNullOrEmpty(projectId);
        return new LogScope(projectId, null);
    }

    /// <summary>The scope of one container of a project.</summary>
    /// <param name="projectId">Not empty; compared by ordinal.</param>
    /// <param name="containerId">Not empty; compared by ordinal, a UUID in either case.</param>
    public static LogScope Container(string projectId, string containerId)
    {
        ArgumentException.ThrowIfNullOrEmpty(projectId);
        ArgumentException.ThrowIfNullOrEmpty(containerId);
        return new LogScope(projectId, ContainerIds.Canonical(containerId));
    }

    /// <summary>Whether records of this series may be seen.</summary>
    /// <param name="series">The series.</param>
    public bool Admits(in SeriesKey series) =>
        ProjectId is null || (series.ProjectId == ProjectId && (ContainerId is null || series.ContainerId == ContainerId));

    /// <summary>For messages and metrics: <c>*</c>, <c>project</c> or <c>project/container</c>.</summary>
    public override string ToString() => ProjectId is null ? "*" : ContainerId is null ? ProjectId : $"{ProjectId}/{ContainerId}";
}
