using System.Buffers;
using HoodyLogs.Entries;
using HoodyLogs.Tail.Frames;

namespace HoodyLogs.Tail.Ring;

/// <summary>
/// Encodes the shared frames of one ring. Only a tail that misses a frame calls it, one at a time. Shared frames never contain data for admins.
/// </summary>
internal sealed class FrameEncoder
{
    private readonly Lock _lock = new();
    private readonly ArrayBufferWriter<byte> _buffer = new(4096);
    private readonly LogEntryVisitor _encode;

    public FrameEncoder() => _encode = (in LogEntryView entry) => SseFrame.Entry(_buffer, entry);

    /// <summary>Encodes the missing frames of a chunk's slots. Deleted entries are skipped.</summary>
    public void EncodeMissing(RingChunk chunk, int from, int to)
    {
        lock (_lock)
        {
            for (var slot = from; slot < to; slot++)
            {
                if (chunk.Frames.RangeOf(slot).Segment != 0 || chunk.RecordAt(slot) is not { } record) continue;
                _buffer.ResetWrittenCount();
                RecordEntryViews.Visit(record, chunk.PartAt(slot, record), forAdmin: false, _encode);
                chunk.Frames.Add(slot, _buffer.WrittenSpan);
            }
        }
    }
}
