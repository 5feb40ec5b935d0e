using HoodyLogs.Diagnostics;
using HoodyLogs.Entries;
using HoodyLogs.Tail.Gaps;
using HoodyLogs.Tail.Ring;

namespace HoodyLogs.Tail;

/// <summary>
/// One reader of the sequence: a position, from which it reads the ring where that reaches back so far, else the store in short reads, and
/// else waits. Ring and store are joined by id, so nothing is missing and nothing comes twice. It holds nothing of either between two reads.
/// </summary>
internal sealed class TailCursor : IDisposable
{
    // A page of the store is about what one flush carries, whatever the size of the entries, and gives way to other scans after a moment.
    private const int PageEntries = 512;
    private const int PageBytes = 64 * 1024;

    private static readonly TimeSpan PageScanTime = TimeSpan.FromMilliseconds(250);

    private readonly LogRing _ring;
    private readonly ILogStore _store;
    private readonly GapHistory _gaps;
    private readonly LogScope _scope;
    private readonly LogFilter _filter;
    private readonly SeriesPartsCache? _parts;
    private readonly LogEntryVisitor? _match;
    private readonly TailWaiter _waiter = new();
    private ScopeDeletion _lastDeletion;
    private long _damagedId = long.MaxValue;
    private bool _isMatch;

    public TailCursor(LogRing ring, ILogStore store, GapHistory losses, LogScope scope, LogFilter filter, long position)
    {
        _ring = ring;
        _store = store;
        _gaps = losses;
        _scope = scope;
        _filter = filter;
        _lastDeletion = ring.LastDeletion;
        Position = position;
        if (!scope.IsAll || !filter.MatchesEverything) _parts = new SeriesPartsCache(scope, filter);
        ring.Signal.TailOpened();
        if (filter.RequiresScan) _match = (in LogEntryView entry) => _isMatch = filter.Matches(entry);
    }

    /// <summary>What the reader may see.</summary>
    public LogScope Scope => _scope;

    /// <summary>The id up to which the reader has everything.</summary>
    public long Position { get; private set; }

    /// <summary>The scope whose destruction ended this tail; null while it lives.</summary>
    public LogScope? DeletedScope { get; private set; }

    /// <summary>How many entries of the ring were examined one by one. Stays 0 for an admin without filters, who gets whole runs.</summary>
    public long TestedEntries { get; private set; }

    /// <summary>Reads on, until the sink is full or nothing is left.</summary>
    /// <returns>False where there was nothing to read.</returns>
    public ValueTask<bool> ReadAsync(ITailSink sink, CancellationToken cancellationToken)
    {
        if (IsScopeDeleted()) return ValueTask.FromResult(false);
        var settled = _ring.CommittedPosition;
        var view = _ring.Snapshot;
        if (Position >= view.Position) return ValueTask.FromResult(false);
        if (Position < view.StartPosition) return ReadStoreAsync(Math.Min(settled, view.StartPosition), sink, cancellationToken);
        ReadRing(view, sink);
        return ValueTask.FromResult(true);
    }

    /// <summary>Waits until there may be something to read, or somebody wakes this tail.</summary>
    public ValueTask WaitAsync()
    {
        // Listed first and looked second, so that nothing published in between is slept through.
        _ring.Signal.Add(_waiter);
        return IsReadable || _ring.IsCompleted ? ValueTask.CompletedTask : _waiter.WaitAsync();
    }

    /// <summary>Ends the wait, or the next one.</summary>
    public void Wake() => _waiter.Wake();

    public void Dispose() => _ring.Signal.TailClosed(_waiter);

    private bool IsReadable
    {
        get
        {
            if (_lastDeletion.Next is not null) return true;
            var view = _ring.Snapshot;
            return Position < view.Position && (Position >= view.StartPosition || Position < _ring.CommittedPosition);
        }
    }

    private bool IsScopeDeleted()
    {
        for (; _lastDeletion.Next is { } next && DeletedScope is null; _lastDeletion = next)
        {
            if (next.EndsTail(_scope, _filter)) DeletedScope = next.Scope;
        }

        return DeletedScope is not null;
    }

    private void ReadRing(RingSnapshot view, ITailSink sink)
    {
        var loss = _gaps.Next(Position, view.Position, fromMemory: true);
        var upTo = loss?.To ?? view.Position;
        var (chunk, slot) = view.After(Position);
        while (Position < upTo)
        {
            if (sink.IsFull) return;
            var current = view.Chunks[chunk];
            var end = current.SlotAfter(upTo, view.CountOf(chunk));
            slot = _parts is null ? sink.WriteRun(current, slot, end) : ReadMatching(current, slot, end, sink);
            if (slot > 0) Position = current.IdAt(slot - 1);
            if (slot < end) return;
            (chunk, slot) = (chunk + 1, 0);
        }

        if (loss is not null) WriteGap(loss, sink);
    }

    /// <summary>Hands the matching entries over in runs as long as they follow each other.</summary>
    private int ReadMatching(RingChunk chunk, int from, int to, ITailSink sink)
    {
        var slot = from;
        while (slot < to)
        {
            while (slot < to && !Matches(chunk, slot)) slot++;
            var start = slot;
            while (slot < to && Matches(chunk, slot)) slot++;
            if (slot == start) return to;
            var taken = sink.WriteRun(chunk, start, slot);
            if (taken < slot || sink.IsFull) return taken;
        }

        return to;
    }

    private bool Matches(RingChunk chunk, int slot)
    {
        TestedEntries++;
        if (chunk.RecordAt(slot) is not { } record) return false;
        var face = chunk.PartAt(slot, record);
        if ((_parts!.Of(record.Series!) & face) == 0) return false;
        if (_match is null) return true;
        RecordEntryViews.Visit(record, face, _scope.IsAll, _match);
        return _isMatch;
    }

    /// <param name="end">How far the store is read: to where the ring begins, or where the store ends.</param>
    /// <param name="sink">Takes the entries.</param>
    /// <param name="cancellationToken">Ends the read.</param>
    private async ValueTask<bool> ReadStoreAsync(long end, ITailSink sink, CancellationToken cancellationToken)
    {
        // What lies between is neither in the ring nor in the store yet, which is failing: it comes when the store works again.
        if (Position >= end) return false;
        if (TrySkipPurged(end, sink) || TrySkipDamaged(sink)) return true;
        if (_damagedId <= Position) _damagedId = long.MaxValue; // retention has passed it
        var loss = _gaps.Next(Position, end, fromMemory: false);
        var upTo = loss is null ? end : loss.HasIds ? loss.From - 1 : loss.To;
        if (Position < upTo) await ReadPageAsync(Math.Min(upTo, _damagedId - 1), sink, cancellationToken).ConfigureAwait(false);
        if (loss is not null && Position >= upTo)
        {
            Position = loss.To;
            WriteGap(loss, sink);
        }

        return true;
    }

    // What others have lost is none of a scoped reader's business.
    private void WriteGap(Gap loss, ITailSink sink) => sink.WriteGap(_scope.IsAll ? loss : loss with { Count = null }, Position);

    private bool TrySkipPurged(long end, ITailSink sink)
    {
        var last = Math.Min(_store.FirstVisibleId - 1, end);
        if (last <= Position) return false;
        var loss = new Gap(Position + 1, last, null, DropReason.Retention, HasIds: true);
        Position = last;
        WriteGap(loss, sink);
        return true;
    }

    /// <summary>A damaged entry is passed over, so that a reader who comes back with the same position does not meet it for ever.</summary>
    private bool TrySkipDamaged(ITailSink sink)
    {
        if (_damagedId != Position + 1) return false;
        Position = _damagedId;
        _damagedId = long.MaxValue;

        // Rows are chosen by their series before they are read, so this one is in the reader's scope; those of a trace are not.
        long? count = _scope.IsAll || _filter.TraceId is null ? 1 : null;
        sink.WriteGap(new Gap(Position, Position, count, DropReason.Damaged, HasIds: true), Position);
        return true;
    }

    private async ValueTask ReadPageAsync(long upTo, ITailSink sink, CancellationToken cancellationToken)
    {
        var query = new LogQuery
        {
            Filter = _filter,
            AfterId = Position,
            BeforeId = upTo + 1,
            Limit = PageEntries,
            CountTotal = false,
            MaxBytes = PageBytes,
            MaxScanTime = PageScanTime,
        };
        LogPage page;
        try
        {
            page = await _store.ReadAsync(_scope, query, Take, cancellationToken).ConfigureAwait(false);
        }
        catch (LogStoreException failure) when (failure.DamagedId is { } id)
        {
            // What lies before it comes first. Its second entry is met after the first.
            _damagedId = Math.Max(id, Position + 1);
            return;
        }

        if (page.HasMore || page.Count == query.Limit) Position = page.LastReturnedId;
        else Position = page.ScannedToId ?? upTo;

        void Take(in LogEntryView entry)
        {
            sink.WriteStored(entry);
            Position = entry.Id;
        }
    }
}
