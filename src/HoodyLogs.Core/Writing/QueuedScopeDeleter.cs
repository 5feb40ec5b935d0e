using System.Threading.Channels;
using HoodyLogs.Writing.Queue;

namespace HoodyLogs.Writing;

/// <summary>Sends destructions through the queue, so that they come after all that was accepted before them.</summary>
internal sealed class QueuedScopeDeleter(LogQueue queue, WriterHealth? health = null) : IScopeDeleter
{
    public async Task DeleteAsync(LogScope scope, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(scope);
        if (scope.IsAll) throw new ArgumentException("A container's or a project's scope can be destroyed, not everything.", nameof(scope));
        if (health is { IsOpen: false }) throw new LogStoreException($"The scope {scope} cannot be destroyed: the log store is not open. {health.Problem}");
        try
        {
            await queue.SendAsync(new DeleteScopeRequest(scope)).WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (ChannelClosedException closed)
        {
            throw new LogStoreException($"The scope {scope} cannot be destroyed: the log writer has stopped.", closed);
        }
    }
}
