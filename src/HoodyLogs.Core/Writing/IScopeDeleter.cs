namespace HoodyLogs;

/// <summary>What the host says about the life of its tenants.</summary>
public interface IScopeDeleter
{
    /// <summary>
    /// Destroys a scope: when this returns, nothing that was accepted before the call can be seen any more, and that holds after a power
    /// cut. Its streams get <c>scope-destroyed</c> and end. Later entries under the same ids are new (decision T6).
    /// </summary>
    /// <param name="scope">A container's or a project's scope; not <see cref="LogScope.All"/>.</param>
    /// <param name="cancellationToken">Stops waiting; the destruction goes on.</param>
    Task DeleteAsync(LogScope scope, CancellationToken cancellationToken);
}
