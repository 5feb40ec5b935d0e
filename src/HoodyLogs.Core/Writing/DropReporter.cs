using System.Buffers;
using HoodyLogs.Diagnostics;
using HoodyLogs.Entries;
using HoodyLogs.Tail.Gaps;
using HoodyLogs.Writing.Queue;
using Microsoft.Extensions.Logging;

namespace HoodyLogs.Writing;

/// <summary>
/// Reports drops: as an event entry, stored as soon as the store works again, and as a gap for tails that reach it. Drops within one second become one
/// report.
/// </summary>
internal sealed class DropReporter(GapHistory gaps, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan MinInterval = TimeSpan.FromSeconds(1);

    private readonly Queue<LogRecord> _pending = new();
    private readonly List<Report> _reported = [];
    private DropStats _drops;
    private Position? _beforeDrops;
    private long _lastReport;

    /// <summary>Whether there are drops to report.</summary>
    public bool HasPending => _drops.Entries > 0 || _pending.Count > 0;

    /// <summary>Adds records that were dropped because the queue was full.</summary>
    public void Dropped(in DropStats drops)
    {
        if (drops.Entries > 0) _drops = _drops.Add(drops);
    }

    /// <summary>Adds entries that have ids but were not stored.</summary>
    public void DroppedWithIds(long from, long to)
    {
        var count = to - from + 1;
        gaps.Add(new Gap(from, to, count, DropReason.StoreFailing, HasIds: true));
        _pending.Enqueue(Event(EntryLevel.Error, DropReason.StoreFailing, count, from, to, null));
    }

    /// <summary>Adds entries without ids that were not stored.</summary>
    /// <param name="after">The id stored just before them.</param>
    /// <param name="count">The number of entries.</param>
    public void DroppedWithoutIds(long after, long count)
    {
        var dropEvent = Event(EntryLevel.Error, DropReason.StoreFailing, count, after, null, null);
        _reported.Add(new Report(dropEvent, new Position(null, after), count, DropReason.StoreFailing));
        _pending.Enqueue(dropEvent);
    }

    /// <summary>Adds the events that can be reported at this point to a batch.</summary>
    /// <param name="batch">The current batch.</param>
    /// <param name="taken">The number of items taken from the queue since the start.</param>
    /// <param name="last">The id of the last entry of the previous batch.</param>
    /// <param name="isLast">Whether no batch follows.</param>
    public void AddEventsTo(List<LogRecord> batch, long taken, long last, bool isLast = false)
    {
        while (_pending.TryDequeue(out var due)) batch.Add(due);
        if (_drops.Entries == 0 || (taken < _drops.After && !isLast)) return;
        _beforeDrops ??= batch.Count > 0 ? new Position(batch[^1], 0) : new Position(null, last);
        if (!isLast && (taken < _drops.Until || (_lastReport != 0 && time.GetElapsedTime(_lastReport) < MinInterval))) return;
        var dropEvent = Event(EntryLevel.Warn, DropReason.QueueFull, _drops.Entries, null, null, _drops);
        _reported.Add(new Report(dropEvent, _beforeDrops, _drops.Entries, DropReason.QueueFull));
        batch.Add(dropEvent);
        WriterMessages.EntriesDropped(logger, _drops.Entries, _drops.Since, _drops.UpTo);
        _lastReport = time.GetTimestamp();
        _drops = default;
        _beforeDrops = null;
    }

    /// <summary>Adds the gaps of reported drops whose events have ids now. Called before the batch is published.</summary>
    public void AddGapsOfReported()
    {
        for (var i = 0; i < _reported.Count && _reported[i].Event.Id != 0; i++)
        {
            var (dropEvent, before, count, reason) = _reported[i];
            gaps.Add(new Gap(before.Id, dropEvent.Id, count, reason, HasIds: false));
        }

        _reported.RemoveAll(report => report.Event.Id != 0);
    }

    private LogRecord Event(EntryLevel level, string reason, long count, long? from, long? to, DropStats? drops)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        var json = new Utf8JsonFragmentWriter(buffer);
        json.Raw("\"message\":\""u8);
        json.Escaped($"{count} entries were dropped before they could be stored: {reason}.");
        json.Raw("\",\"reason\":\""u8);
        json.Escaped(reason);
        json.Raw("\",\"count\":"u8);
        json.Number(count);
        Member(ref json, ",\"from\":"u8, from);
        Member(ref json, ",\"to\":"u8, to);
        Time(ref json, ",\"since\":\""u8, drops?.Since);
        Time(ref json, ",\"until\":\""u8, drops?.UpTo);
        json.Complete();
        return new LogRecord
        {
            Shape = RecordShape.Event,
            Level = level,
            TimestampMs = time.GetUtcNow().ToUnixTimeMilliseconds(),
            OwnRequestData = buffer.WrittenSpan.ToArray(),
        };
    }

    private static void Member(ref Utf8JsonFragmentWriter json, ReadOnlySpan<byte> name, long? value)
    {
        if (value is null) return;
        json.Raw(name);
        json.Number(value.Value);
    }

    private static void Time(ref Utf8JsonFragmentWriter json, ReadOnlySpan<byte> name, DateTimeOffset? time)
    {
        if (time is null) return;
        json.Raw(name);
        json.Time(time.Value.ToUnixTimeMilliseconds() * 1000, 3);
        json.Raw("\""u8);
    }

    /// <summary>An event that is being stored, and where its drop happened.</summary>
    private sealed record Report(LogRecord Event, Position Before, long Count, string Reason);

    /// <summary>The last entry of a record, which may not have an id yet, or a known id.</summary>
    private sealed record Position(LogRecord? Record, long Known)
    {
        public long Id => Record?.LastId ?? Known;
    }
}
