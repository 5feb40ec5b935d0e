using HoodyLogs.AspNetCore.Endpoints.Options;
using HoodyLogs.Configuration;

namespace HoodyLogs.AspNetCore.Endpoints.Responses;

/// <summary>Makes the buffers in which answers wait for their clients, and counts what they hold.</summary>
internal sealed class ResponseBuffers(ILastGoodOptions<IEndpointSettings> options, TimeProvider time)
{
    /// <summary>An answer goes out in pieces of about this size: the next is read when the client has taken this one.</summary>
    public const int PieceBytes = 256 * 1024;

    private long _heldBytes;

    /// <summary>How many bytes of pooled memory all buffers hold.</summary>
    public long HeldBytes => Volatile.Read(ref _heldBytes);

    /// <summary>How long a client may take nothing of what waits for it.</summary>
    public TimeSpan SendTimeout => options.Current.Limits.SendTimeout;

    public TimeProvider Time => time;

    public ResponseBuffer Rent() => new(this);

    public void Count(long bytes) => Interlocked.Add(ref _heldBytes, bytes);
}
