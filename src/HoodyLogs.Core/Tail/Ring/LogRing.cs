namespace HoodyLogs.Tail.Ring;

/// <summary>
/// The newest entries in memory, for all tails. One thread publishes; readers take a <see cref="RingSnapshot"/> and no lock. The ring refers to the
/// records of the entries, in chunks. A chunk is collected when no snapshot lists it.
/// </summary>
internal sealed class LogRing
{
    private readonly int _capacity;
    private readonly int _chunkSize;
    private long _published;
    private long _committedPosition;
    private readonly TaskCompletionSource<long> _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _completed;
    private volatile RingSnapshot _snapshot;
    private volatile ScopeDeletion _lastDeletion = new(LogScope.All);

    /// <param name="capacity">The maximum number of entries.</param>
    public LogRing(int capacity)
    {
        _capacity = capacity;
        _chunkSize = Math.Clamp(_capacity / 32, 16, 1024);
        _snapshot = new RingSnapshot([new RingChunk(0, _chunkSize)], 0, 0, 0);
    }

    /// <summary>The current content of the ring.</summary>
    public RingSnapshot Snapshot => _snapshot;

    /// <summary>The id of the newest published entry. Before the first one: the id from which this process counts.</summary>
    public long Position => _snapshot.Position;

    /// <summary>The id up to which every entry is committed, or known to be lost.</summary>
    public long CommittedPosition => Volatile.Read(ref _committedPosition);

    /// <summary>Completes with the position before the first entry, when it is known or when no entry will follow.</summary>
    public Task<long> Started => _started.Task;

    /// <summary>Whether nothing more will be published.</summary>
    public bool IsCompleted => _completed;

    /// <summary>The latest scope deletion. New tails start from it.</summary>
    public ScopeDeletion LastDeletion => _lastDeletion;

    /// <summary>The encoder of shared frames.</summary>
    public FrameEncoder Encoder { get; } = new();

    /// <summary>The signal that wakes waiting tails.</summary>
    public TailSignal Signal { get; } = new();

    /// <summary>Sets the position before the first entry.</summary>
    public void Start(long position)
    {
        _snapshot = _snapshot with { StartPosition = position, Position = position };
        Volatile.Write(ref _committedPosition, position);
        _started.TrySetResult(position);
    }

    /// <summary>Publishes records with ids to the tails, in order.</summary>
    /// <param name="records">The records. Their ids are greater than all published ids.</param>
    /// <param name="committed">Whether these records and all earlier ones are committed.</param>
    public void Publish(ReadOnlySpan<LogRecord> records, bool committed)
    {
        if (records.IsEmpty) return;
        var chunks = _snapshot.Chunks;
        foreach (var record in records)
        {
            Add(ref chunks, record, record.Id);
            if (record.EntryCount == 2) Add(ref chunks, record, record.Id + 1);
        }

        var position = records[^1].LastId;
        _snapshot = new RingSnapshot(chunks, chunks[^1].Count, StartPositionOf(chunks), position);
        if (committed) Volatile.Write(ref _committedPosition, position);
        Signal.Raise();
    }

    /// <summary>Sets the id up to which every entry is committed, or known to be lost.</summary>
    public void SetCommitted(long id)
    {
        Volatile.Write(ref _committedPosition, id);
        Signal.Raise();
    }

    /// <summary>Removes the entries of a scope, and ends the tails that can show nothing else.</summary>
    public void DeleteScope(LogScope scope)
    {
        foreach (var chunk in _snapshot.Chunks) chunk.DeleteScope(scope);
        var deletion = new ScopeDeletion(scope);
        _lastDeletion.Next = deletion;
        _lastDeletion = deletion;
        Signal.Raise();
    }

    /// <summary>Marks the end: nothing more will be published.</summary>
    public void Complete()
    {
        _completed = true;
        _started.TrySetResult(Position);
        Signal.Raise();
    }

    private void Add(ref RingChunk[] chunks, LogRecord record, long id)
    {
        if (chunks[^1].IsFull)
        {
            // The entry before the oldest visible one is kept too, because its id is the start position.
            var kept = chunks.AsSpan();
            while (kept.Length > 1 && kept[1].FirstIndex < _published - _capacity) kept = kept[1..];
            chunks = [.. kept, new RingChunk(_published, _chunkSize)];
        }

        chunks[^1].Add(record, id);
        _published++;
    }

    private long StartPositionOf(RingChunk[] chunks)
    {
        var oldest = _published - _capacity;
        if (oldest <= 0) return _snapshot.StartPosition;
        var chunk = Array.FindLastIndex(chunks, chunk => chunk.FirstIndex < oldest);
        return chunks[chunk].IdAt((int)(oldest - 1 - chunks[chunk].FirstIndex));
    }
}
