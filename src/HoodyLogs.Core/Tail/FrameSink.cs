using System.Buffers;
using HoodyLogs.Entries;
using HoodyLogs.Tail.Frames;
using HoodyLogs.Tail.Gaps;
using HoodyLogs.Tail.Ring;

namespace HoodyLogs.Tail;

/// <summary>Writes what a tail reads as frames, up to what one flush should carry.</summary>
internal sealed class FrameSink(IBufferWriter<byte> writer, FrameEncoder encoder, LogScope scope) : ITailSink
{
    private const int FlushBytes = 64 * 1024;
    private const int GapBytes = 128;

    private readonly bool _forAdmin = scope.IsAll;
    private ArrayBufferWriter<byte>? _stored;

    /// <summary>About how many bytes were written since <see cref="Flushed"/>.</summary>
    public int Bytes { get; private set; }

    /// <summary>How many entries were written since <see cref="Flushed"/>.</summary>
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

            // Looked up last: a destroyed entry has no frame, or one that is not shown any more.
            if (frames.RangeOf(slot) is { Segment: > 0 } place && chunk.RecordAt(slot) is not null)
            {
                run = Extend(frames, run, place);
                Bytes += place.Length;
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

    public void WriteGap(Gap loss, long position)
    {
        SseFrame.Gap(writer, position, loss);
        Bytes += GapBytes;
    }

    /// <summary>Encodes an entry for this tail alone: the shared frame does not hold what only admins see.</summary>
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
