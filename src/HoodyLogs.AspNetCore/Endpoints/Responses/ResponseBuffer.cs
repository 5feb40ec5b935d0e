using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;

namespace HoodyLogs.AspNetCore.Endpoints.Responses;

/// <summary>
/// What a read of the store writes to, so that no socket is waited for while the store is being read: pooled chunks, which never move
/// what was written and go to the client afterwards, one by one. A chunk is given back as soon as the server has taken it.
/// </summary>
internal sealed class ResponseBuffer(ResponseBuffers owner) : IBufferWriter<byte>, IDisposable
{
    // Also what the server holds unsent, beside its own buffer of about the same size.
    private const int ChunkSize = 64 * 1024;

    private static readonly object Sent = new();

    private readonly Queue<Chunk> _chunks = [];
    private byte[] _current = [];
    private int _used;

    /// <summary>How many bytes wait.</summary>
    public long Length { get; private set; }

    /// <summary>Sends what is left. An answer that goes out at once says its length.</summary>
    public ValueTask EndAsync(HttpContext context)
    {
        if (!HasSent(context)) context.Response.ContentLength = Length;
        return SendAsync(context);
    }

    /// <summary>Whether a part of the answer was written, if only to a body of the host's middleware that is sent later.</summary>
    public static bool HasSent(HttpContext context) => context.Response.HasStarted || context.Items.ContainsKey(Sent);

    public void Advance(int count)
    {
        _used += count;
        Length += count;
    }

    public void Append(ReadOnlySpan<byte> utf8) => BuffersExtensions.Write(this, utf8);

    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        if (_current.Length - _used < Math.Max(sizeHint, 1))
        {
            Close();
            _current = ArrayPool<byte>.Shared.Rent(Math.Max(sizeHint, ChunkSize));
            owner.Count(_current.Length);
        }

        return _current.AsMemory(_used);
    }

    /// <summary>Sends all that waits.</summary>
    /// <exception cref="ReaderTimedOutException">The client took nothing for too long; the connection is cut off.</exception>
    public async ValueTask SendAsync(HttpContext context)
    {
        Close();
        context.Items[Sent] = Sent;
        var writer = context.Response.BodyWriter;
        if (_chunks.Count == 0) await FlushAsync(writer, context).ConfigureAwait(false); // headers go out even so
        while (_chunks.TryPeek(out var chunk))
        {
            BuffersExtensions.Write(writer, chunk.Bytes.AsSpan(0, chunk.Used));
            Return(_chunks.Dequeue());
            await FlushAsync(writer, context).ConfigureAwait(false);
        }
    }

    /// <summary>Lets everything go that was not sent; the buffer can be used again.</summary>
    public void Dispose()
    {
        Close();
        while (_chunks.TryDequeue(out var chunk)) Return(chunk);
        Length = 0;
    }

    private async ValueTask FlushAsync(PipeWriter writer, HttpContext context)
    {
        var flush = writer.FlushAsync(context.RequestAborted);
        if (flush.IsCompletedSuccessfully) return;
        try
        {
            await flush.AsTask().WaitAsync(owner.SendTimeout, owner.Time, context.RequestAborted).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            context.Abort();
            throw new ReaderTimedOutException();
        }
    }

    private void Close()
    {
        if (_current.Length > 0) _chunks.Enqueue(new Chunk(_current, _used));
        (_current, _used) = ([], 0);
    }

    private void Return(Chunk chunk)
    {
        Length -= chunk.Used;
        owner.Count(-chunk.Bytes.Length);
        ArrayPool<byte>.Shared.Return(chunk.Bytes);
    }

    private readonly record struct Chunk(byte[] Bytes, int Used);
}
