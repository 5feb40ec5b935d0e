using System.Buffers;
using HoodyLogs.Entries;
using HoodyLogs.Tail.Frames;
using HoodyLogs.Tail.Gaps;
using HoodyLogs.Tail.Ring;

namespace HoodyLogs.Tail;

/// <summary>Writes the entries of a tail as frames, up to the size of one flush.</summary>
internal sealed class FrameSink(IBufferWriter<byte> writer, FrameEncoder encoder, LogScope scope) : ITailSink
{
    private const int FlushBytes = 64 * 1024;
    private const int GapBytes = 128;

    private readonly bool _forAdmin = scope.IsAll;
    private ArrayBufferWriter<byte>? _stored;

    /// <summary>The approximate number of bytes written since <see cref="Flushed"/>.</summary>
    public int Bytes { get; private set; }

    /// <summary>The number of entries written since <see cref="Flushed"/>.</summary>
    public int Frames { get; private set; }

    public bool IsFull => Bytes >= FlushBytes;

    public void Flushed()
    {
        Bytes = Frames = 0;
        _stored = null;
    }

    public int WriteRun(RingChunk chunk, int from, int to)
    {
        var frames = chunk.Frames;
        var run = default(FrameRange);
        var slot = from;
        for (; slot < to && !IsFull; slot++)
        {
            if (_forAdmin && chunk.HasAdminData(slot))
            {
                writer.Write(frames.BytesOf(run));
                run = default;
                WriteForAdmin(chunk, slot);
                continue;
            }

            if (frames.RangeOf(slot).Segment == 0) encoder.EncodeMissing(chunk, slot, to);

            // Check the record last: the frame of a deleted entry must not be shown.
            if (frames.RangeOf(slot) is { Segment: > 0 } range && chunk.RecordAt(slot) is not null)
            {
                run = Extend(frames, run, range);
                Bytes += range.Length;
                Frames++;
            }
        }

        writer.Write(frames.BytesOf(run));
        return slot;
    }

    public void WriteStored(in LogEntryView entry)
    {
        _stored ??= new ArrayBufferWriter<byte>(1024);
        _stored.ResetWrittenCount();
        SseFrame.Entry(_stored, entry);
        writer.Write(_stored.WrittenSpan);
        Bytes += _stored.WrittenCount;
        Frames++;
    }

    public void WriteGap(Gap gap, long position)
    {
        SseFrame.Gap(writer, position, gap);
        Bytes += GapBytes;
    }

    /// <summary>Encodes an entry for this tail only. Shared frames do not contain data for admins.</summary>
    private void WriteForAdmin(RingChunk chunk, int slot)
    {
        if (chunk.RecordAt(slot) is { } record) RecordEntryViews.Visit(record, chunk.PartAt(slot, record), forAdmin: true, WriteStored);
    }

    private FrameRange Extend(FrameCache frames, FrameRange run, FrameRange next)
    {
        if (run.IsFollowedBy(next)) return run.Extend(next);
        writer.Write(frames.BytesOf(run));
        return next;
    }
}
