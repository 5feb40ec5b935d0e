using System.Threading.Channels;
using HoodyLogs.Writing.Queue;

namespace HoodyLogs.Writing;

/// <summary>Sends deletions through the queue, so that they follow everything that was accepted before.</summary>
internal sealed class QueuedScopeDeleter(LogQueue queue, WriterHealth? health = null) : IScopeDeleter
{
    public async Task DeleteAsync(LogScope scope, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(scope);
        if (scope.IsAll) throw new ArgumentException("A scope that is deleted must be a project or a container.", nameof(scope));
        if (health is { IsOpen: false }) throw new LogStoreException($"The scope {scope} cannot be deleted: the log store is not open. {health.Problem}");
        try
        {
            await queue.SendAsync(new DeleteScopeRequest(scope)).WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (ChannelClosedException closed)
        {
            throw new LogStoreException($"The scope {scope} cannot be deleted: the log writer has stopped.", closed);
        }
    }
}
