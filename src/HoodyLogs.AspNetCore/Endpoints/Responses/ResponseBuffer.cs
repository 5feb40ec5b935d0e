using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;

namespace HoodyLogs.AspNetCore.Endpoints.Responses;

/// <summary>The client received nothing of its response for <c>Limits:SendTimeout</c>, and its connection was aborted.</summary>
internal sealed class SendTimeoutException : OperationCanceledException;

/// <summary>Counts the pooled memory of all response buffers, in bytes.</summary>
internal sealed class BufferedByteCounter
{
    private long _value;

    public long Value => Volatile.Read(ref _value);

    public void Add(long bytes) => Interlocked.Add(ref _value, bytes);
}

/// <summary>
/// Buffers a part of a response in pooled chunks, so that a read of the store never waits for a socket. A chunk returns to the pool as soon as the server
/// has accepted its bytes.
/// </summary>
/// <param name="buffered">The counter of pooled memory.</param>
/// <param name="getSendTimeout">Gets the time that a client may receive nothing.</param>
/// <param name="time">The clock of the timeout.</param>
internal sealed class ResponseBuffer(BufferedByteCounter buffered, Func<TimeSpan> getSendTimeout, TimeProvider time) : IBufferWriter<byte>, IDisposable
{
    // The server holds at most one chunk that is not sent, in addition to its own buffer of about the same size.
    private const int ChunkSize = 64 * 1024;

    private static readonly object SentKey = new();

    private readonly Queue<Chunk> _chunks = [];
    private byte[] _current = [];
    private int _used;

    /// <summary>The number of bytes that are not sent yet.</summary>
    public long Length { get; private set; }

    /// <summary>Sends the rest. Sets <c>Content-Length</c> if nothing was sent before.</summary>
    public ValueTask CompleteAsync(HttpContext context)
    {
        if (!HasSent(context)) context.Response.ContentLength = Length;
        return SendAsync(context);
    }

    /// <summary>Returns whether a part of the response was sent, or was written to a body that middleware of the host sends later.</summary>
    public static bool HasSent(HttpContext context) => context.Response.HasStarted || context.Items.ContainsKey(SentKey);

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
            CloseChunk();
            _current = ArrayPool<byte>.Shared.Rent(Math.Max(sizeHint, ChunkSize));
            buffered.Add(_current.Length);
        }

        return _current.AsMemory(_used);
    }

    /// <summary>Sends all buffered bytes.</summary>
    /// <exception cref="SendTimeoutException">The client received nothing for too long; the connection is aborted.</exception>
    public async ValueTask SendAsync(HttpContext context)
    {
        CloseChunk();
        context.Items[SentKey] = SentKey;
        var writer = context.Response.BodyWriter;
        if (_chunks.Count == 0) await FlushAsync(writer, context).ConfigureAwait(false); // sends the headers
        while (_chunks.TryPeek(out var chunk))
        {
            BuffersExtensions.Write(writer, chunk.Bytes.AsSpan(0, chunk.Used));
            Return(_chunks.Dequeue());
            await FlushAsync(writer, context).ConfigureAwait(false);
        }
    }

    /// <summary>Discards all bytes that were not sent. The buffer can be used again.</summary>
    public void Dispose()
    {
        CloseChunk();
        while (_chunks.TryDequeue(out var chunk)) Return(chunk);
        Length = 0;
    }

    private async ValueTask FlushAsync(PipeWriter writer, HttpContext context)
    {
        var flush = writer.FlushAsync(context.RequestAborted);
        if (flush.IsCompletedSuccessfully) return;
        try
        {
            await flush.AsTask().WaitAsync(getSendTimeout(), time, context.RequestAborted).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            context.Abort();
            throw new SendTimeoutException();
        }
    }

    private void CloseChunk()
    {
        if (_current.Length > 0) _chunks.Enqueue(new Chunk(_current, _used));
        (_current, _used) = ([], 0);
    }

    private void Return(Chunk chunk)
    {
        Length -= chunk.Used;
        buffered.Add(-chunk.Bytes.Length);
        ArrayPool<byte>.Shared.Return(chunk.Bytes);
    }

    private readonly record struct Chunk(byte[] Bytes, int Used);
}
