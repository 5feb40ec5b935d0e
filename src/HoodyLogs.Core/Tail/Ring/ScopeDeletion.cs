using System.Collections.Frozen;

namespace HoodyLogs.Tail.Ring;

/// <summary>
/// A scope deletion in a linked list. Each tail holds the last one that it has processed and follows the links, so it misses none. Deletions that all
/// tails have processed are collected.
/// </summary>
internal sealed class ScopeDeletion(LogScope scope)
{
    private volatile ScopeDeletion? _next;

    public LogScope Scope { get; } = scope;

    public ScopeDeletion? Next
    {
        get => _next;
        set => _next = value;
    }

    /// <summary>Returns whether a tail can only show entries of the deleted scope, and therefore ends.</summary>
    public bool EndsTail(LogScope readers, LogFilter filter)
    {
        if (!IsLimitedTo(readers.ProjectId, filter.ProjectIds, Scope.ProjectId!, mustName: Scope.ContainerId is null)) return false;
        return Scope.ContainerId is null || IsLimitedTo(readers.ContainerId, filter.ContainerIds, Scope.ContainerId, mustName: true);
    }

    private static bool IsLimitedTo(string? confinedTo, FrozenSet<string> wanted, string deleted, bool mustName)
    {
        if (confinedTo is not null) return confinedTo == deleted;
        return wanted.Count == 0 ? !mustName : wanted.Count == 1 && wanted.Contains(deleted);
    }
}
