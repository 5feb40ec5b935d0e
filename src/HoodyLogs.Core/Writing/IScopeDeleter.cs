namespace HoodyLogs;

/// <summary>Deletes the entries of projects and containers.</summary>
public interface IScopeDeleter
{
    /// <summary>
    /// Deletes a scope. When the task completes, no entry that was accepted before the call can be read any more, even after a power failure. Streams of the scope
    /// receive <c>scope-destroyed</c> and end. Later entries with the same ids are new and can be read.
    /// </summary>
    /// <param name="scope">A container or a project; not <see cref="LogScope.All"/>.</param>
    /// <param name="cancellationToken">Cancels the wait, but not the deletion.</param>
    Task DeleteAsync(LogScope scope, CancellationToken cancellationToken);
}
