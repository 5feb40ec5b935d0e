using System.Buffers;
using Microsoft.AspNetCore.Http;

namespace HoodyLogs.AspNetCore.Endpoints;

/// <summary>
/// What a read of the store writes to, so that no socket is waited for while the store is being read: pooled chunks, which never move
/// what was written and go to the client afterwards.
/// </summary>
internal sealed class ResponseBuffer : IBufferWriter<byte>, IDisposable
{
    private const int ChunkSize = 64 * 1024;

    // A page of usual size goes out in one flush; of a large one the server never holds much more than this once again.
    private const int MostUnsent = 256 * 1024;

    private readonly List<Chunk> _chunks = [];
    private byte[] _current = [];
    private int _used;

    /// <summary>How many bytes wait.</summary>
    public long Length { get; private set; }

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
        }

        return _current.AsMemory(_used);
    }

    /// <summary>Sends all that waits.</summary>
    public async ValueTask SendAsync(HttpContext context)
    {
        Close();
        var writer = context.Response.BodyWriter;
        var unsent = 0;
        foreach (var chunk in _chunks)
        {
            BuffersExtensions.Write(writer, chunk.Bytes.AsSpan(0, chunk.Used));
            unsent += chunk.Used;
            if (unsent < MostUnsent) continue;
            await writer.FlushAsync(context.RequestAborted).ConfigureAwait(false);
            unsent = 0;
        }

        await writer.FlushAsync(context.RequestAborted).ConfigureAwait(false);

        Dispose();
    }

    /// <summary>Lets everything go that was not sent; the buffer can be used again.</summary>
    public void Dispose()
    {
        Close();
        foreach (var chunk in _chunks) ArrayPool<byte>.Shared.Return(chunk.Bytes);
        _chunks.Clear();
        Length = 0;
    }

    private void Close()
    {
        if (_current.Length > 0) _chunks.Add(new Chunk(_current, _used));
        (_current, _used) = ([], 0);
    }

    private readonly record struct Chunk(byte[] Bytes, int Used);
}
