namespace HoodyLogs.Tail.Ring;

/// <summary>
/// The newest entries, in memory, for all tails. One writer publishes; readers take a <see cref="RingSnapshot"/> and no lock. Entries are held
/// by reference to their records, in chunks that a view lists and that end with the last view that lists them.
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

    /// <summary>What the ring holds now.</summary>
    public RingSnapshot Snapshot => _snapshot;

    /// <summary>The id of the newest entry published; before the first, that from which this process counts.</summary>
    public long Position => _snapshot.Position;

    /// <summary>Everything up to this id is in the store, or is known to be lost.</summary>
    public long CommittedPosition => Volatile.Read(ref _committedPosition);

    /// <summary>The position before the first entry. Ends when it is known, or when there will be no entry.</summary>
    public Task<long> Started => _started.Task;

    /// <summary>Whether nothing more will be published.</summary>
    public bool IsCompleted => _completed;

    /// <summary>The newest destruction: where a tail that begins now starts to look.</summary>
    public ScopeDeletion LastDeletion => _lastDeletion;

    /// <summary>Encodes frames for all tails.</summary>
    public FrameEncoder Encoder { get; } = new();

    /// <summary>Wakes the tails that wait.</summary>
    public TailSignal Signal { get; } = new();

    /// <summary>Sets the position before the first entry.</summary>
    public void Start(long position)
    {
        _snapshot = _snapshot with { StartPosition = position, Position = position };
        Volatile.Write(ref _committedPosition, position);
        _started.TrySetResult(position);
    }

    /// <summary>Shows numbered records to the tails, in order.</summary>
    /// <param name="records">Their ids are greater than all before.</param>
    /// <param name="settled">Whether they, and so all before them, are stored.</param>
    public void Publish(ReadOnlySpan<LogRecord> records, bool settled)
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
        if (settled) Volatile.Write(ref _committedPosition, position);
        Signal.Raise();
    }

    /// <summary>Says that everything up to this id is in the store, or is known to be lost.</summary>
    public void SetCommitted(long id)
    {
        Volatile.Write(ref _committedPosition, id);
        Signal.Raise();
    }

    /// <summary>Takes the entries of a destroyed scope away, and ends the tails that show nothing else.</summary>
    public void DeleteScope(LogScope scope)
    {
        foreach (var chunk in _snapshot.Chunks) chunk.DeleteScope(scope);
        var destruction = new ScopeDeletion(scope);
        _lastDeletion.Next = destruction;
        _lastDeletion = destruction;
        Signal.Raise();
    }

    /// <summary>Says that nothing more will be published.</summary>
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
            // The entry before the oldest visible one stays too: its id is the floor.
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
