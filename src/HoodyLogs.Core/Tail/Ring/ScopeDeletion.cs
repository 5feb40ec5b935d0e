using System.Collections.Frozen;

namespace HoodyLogs.Tail.Ring;

/// <summary>
/// One scope's destruction, linked to the next one. A tail holds the last one that it has seen and walks on from there, so it misses
/// none, and what all tails have seen is nobody's any more.
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

    /// <summary>Whether a tail can only show what lies in the destroyed scope, and so has come to its end (decision T6).</summary>
    public bool EndsTail(LogScope readers, LogFilter filter)
    {
        if (!IsLimitedTo(readers.ProjectId, filter.ProjectIds, Scope.ProjectId!, mustName: Scope.ContainerId is null)) return false;
        return Scope.ContainerId is null || IsLimitedTo(readers.ContainerId, filter.ContainerIds, Scope.ContainerId, mustName: true);
    }

    private static bool IsLimitedTo(string? confinedTo, FrozenSet<string> wanted, string destroyed, bool mustName)
    {
        if (confinedTo is not null) return confinedTo == destroyed;
        return wanted.Count == 0 ? !mustName : wanted.Count == 1 && wanted.Contains(destroyed);
    }
}
