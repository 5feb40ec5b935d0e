namespace HoodyLogs.AspNetCore;

/// <summary>
/// Finds the owner of a tunnel, for hosts that know it. Register an implementation as a service. Without one, a caller knows a tunnel if its scope has
/// entries of a container with that id, or if its scope is that container.
/// </summary>
public interface ITunnelDirectory
{
    /// <summary>Finds the owner of a tunnel. It is called for each request to the tunnel route, so it should be fast.</summary>
    /// <param name="tunnelId">The tunnel: the id of a container.</param>
    /// <param name="cancellationToken">Cancels the call when the client leaves.</param>
    /// <returns>
    /// The project, or the container of a project, that owns the tunnel; null if there is no such tunnel. A caller with another scope gets the same
    /// answer in both cases.
    /// </returns>
    ValueTask<LogScope?> FindOwnerAsync(Guid tunnelId, CancellationToken cancellationToken);
}
