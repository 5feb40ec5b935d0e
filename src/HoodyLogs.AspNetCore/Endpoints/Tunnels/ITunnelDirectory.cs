namespace HoodyLogs.AspNetCore;

/// <summary>
/// Says whose a tunnel is, for hosts that know. Register one before <c>AddProxyLogs</c>, or after. Without one a tunnel is known to a caller
/// whose scope has entries of a container with that id, or names that container (decision U1).
/// </summary>
public interface ITunnelDirectory
{
    /// <summary>Finds the owner of a tunnel. Asked for each request, so it should be quick.</summary>
    /// <param name="tunnelId">The tunnel: the id of a container.</param>
    /// <param name="cancellationToken">The client left.</param>
    /// <returns>The project (or the container of a project) that the tunnel belongs to; null where there is no such tunnel. A caller of another scope
    /// is told the same as if it were null.</returns>
    ValueTask<LogScope?> FindOwnerAsync(Guid tunnelId, CancellationToken cancellationToken);
}
