using HoodyLogs.Diagnostics;
using HoodyLogs.Entries;
using HoodyLogs.Tail.Gaps;
using HoodyLogs.Tail.Ring;

namespace HoodyLogs.Tail;

/// <summary>
/// The position of one reader in the sequence of ids. The cursor reads the ring if the ring still has the next entry. Otherwise it reads the store in
/// short reads, or waits. Ring and store use the same ids, so no entry is missing or repeated. The cursor holds no resources between two reads.
/// </summary>
internal sealed class TailCursor : IDisposable
{
    // A page of the store is about the size of one flush, whatever the size of the entries. It yields to other scans after a short time.
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

    public TailCursor(LogRing ring, ILogStore store, GapHistory gaps, LogScope scope, LogFilter filter, long position)
    {
        _ring = ring;
        _store = store;
        _gaps = gaps;
        _scope = scope;
        _filter = filter;
        _lastDeletion = ring.LastDeletion;
        Position = position;
        if (!scope.IsAll || !filter.MatchesEverything) _parts = new SeriesPartsCache(scope, filter);
        ring.Signal.TailOpened();
        if (filter.RequiresScan) _match = (in LogEntryView entry) => _isMatch = filter.Matches(entry);
    }

    /// <summary>The scope of the reader.</summary>
    public LogScope Scope => _scope;

    /// <summary>The id up to which the reader has received everything.</summary>
    public long Position { get; private set; }

    /// <summary>The scope whose deletion ended this tail; otherwise null.</summary>
    public LogScope? DeletedScope { get; private set; }

    /// <summary>The number of ring entries that were tested one by one. It stays 0 for an admin without a filter, who receives whole runs.</summary>
    public long TestedEntries { get; private set; }

    /// <summary>Reads until the sink is full or no entry is left.</summary>
    /// <returns>False if there was nothing to read.</returns>
    public ValueTask<bool> ReadAsync(ITailSink sink, CancellationToken cancellationToken)
    {
        if (IsScopeDeleted()) return ValueTask.FromResult(false);
        var committed = _ring.CommittedPosition;
        var snapshot = _ring.Snapshot;
        if (Position >= snapshot.Position) return ValueTask.FromResult(false);
        if (Position < snapshot.StartPosition) return ReadStoreAsync(Math.Min(committed, snapshot.StartPosition), sink, cancellationToken);
        ReadRing(snapshot, sink);
        return ValueTask.FromResult(true);
    }

    /// <summary>Waits until there can be something to read, or until <see cref="Wake"/> is called.</summary>
    public ValueTask WaitAsync()
    {
        // Register first and check second, so that no entry published in between is missed.
        _ring.Signal.Add(_waiter);
        return IsReadable || _ring.IsCompleted ? ValueTask.CompletedTask : _waiter.WaitAsync();
    }

    /// <summary>Ends the current wait, or the next one.</summary>
    public void Wake() => _waiter.Wake();

    public void Dispose() => _ring.Signal.TailClosed(_waiter);

    private bool IsReadable
    {
        get
        {
            if (_lastDeletion.Next is not null) return true;
            var snapshot = _ring.Snapshot;
            return Position < snapshot.Position && (Position >= snapshot.StartPosition || Position < _ring.CommittedPosition);
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

    private void ReadRing(RingSnapshot snapshot, ITailSink sink)
    {
        var gap = _gaps.Next(Position, snapshot.Position, fromMemory: true);
        var upTo = gap?.To ?? snapshot.Position;
        var (chunk, slot) = snapshot.After(Position);
        while (Position < upTo)
        {
            if (sink.IsFull) return;
            var current = snapshot.Chunks[chunk];
            var end = current.SlotAfter(upTo, snapshot.CountOf(chunk));
            slot = _parts is null ? sink.WriteRun(current, slot, end) : ReadMatching(current, slot, end, sink);
            if (slot > 0) Position = current.IdAt(slot - 1);
            if (slot < end) return;
            (chunk, slot) = (chunk + 1, 0);
        }

        if (gap is not null) WriteGap(gap, sink);
    }

    /// <summary>Passes runs of consecutive matching entries to the sink.</summary>
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
        var part = chunk.PartAt(slot, record);
        if ((_parts!.Of(record.Series!) & part) == 0) return false;
        if (_match is null) return true;
        RecordEntryViews.Visit(record, part, _scope.IsAll, _match);
        return _isMatch;
    }

    /// <param name="end">The id up to which to read: the start of the ring, or the end of the store.</param>
    /// <param name="sink">Receives the entries.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    private async ValueTask<bool> ReadStoreAsync(long end, ITailSink sink, CancellationToken cancellationToken)
    {
        // The entries in between are neither in the ring nor in the failing store. They can be read when the store works again.
        if (Position >= end) return false;
        if (TrySkipPurged(end, sink) || TrySkipDamaged(sink)) return true;
        if (_damagedId <= Position) _damagedId = long.MaxValue; // retention has passed it
        var gap = _gaps.Next(Position, end, fromMemory: false);
        var upTo = gap is null ? end : gap.HasIds ? gap.From - 1 : gap.To;
        if (Position < upTo) await ReadPageAsync(Math.Min(upTo, _damagedId - 1), sink, cancellationToken).ConfigureAwait(false);
        if (gap is not null && Position >= upTo)
        {
            Position = gap.To;
            WriteGap(gap, sink);
        }

        return true;
    }

    // A scoped reader does not learn how much other projects have lost.
    private void WriteGap(Gap gap, ITailSink sink) => sink.WriteGap(_scope.IsAll ? gap : gap with { Count = null }, Position);

    private bool TrySkipPurged(long end, ITailSink sink)
    {
        var last = Math.Min(_store.FirstVisibleId - 1, end);
        if (last <= Position) return false;
        var gap = new Gap(Position + 1, last, null, DropReason.Retention, HasIds: true);
        Position = last;
        WriteGap(gap, sink);
        return true;
    }

    /// <summary>Skips a damaged entry, so that a client that reconnects with the same position does not meet it again.</summary>
    private bool TrySkipDamaged(ITailSink sink)
    {
        if (_damagedId != Position + 1) return false;
        Position = _damagedId;
        _damagedId = long.MaxValue;

        // The series selects rows before they are read, so this row is in the reader's scope. Rows of a trace are selected without their series.
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
            // The entries before the damaged one come first.
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
