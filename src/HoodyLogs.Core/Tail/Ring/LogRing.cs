using HoodyLogs.Tail.Frames;


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
    private long _settled;
    private readonly TaskCompletionSource<long> _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _completed;
    private volatile RingSnapshot _view;
    private volatile ScopeDeletion _lastDestruction = new(LogScope.All);

    public LogRing(TailOptions options)
    {
        _capacity = options.RingEntries;
        _chunkSize = Math.Clamp(_capacity / 32, 16, 1024);
        _view = new RingSnapshot([new RingChunk(0, _chunkSize)], 0, 0, 0);
    }

    /// <summary>What the ring holds now.</summary>
    public RingSnapshot View => _view;

    /// <summary>The id of the newest entry published; before the first, that from which this process counts.</summary>
    public long Position => _view.Position;

    /// <summary>Everything up to this id is in the store, or is known to be lost.</summary>
    public long Settled => Volatile.Read(ref _settled);

    /// <summary>The position before the first entry. Ends when it is known, or when there will be no entry.</summary>
    public Task<long> Started => _started.Task;

    /// <summary>Whether nothing more will be published.</summary>
    public bool IsCompleted => _completed;

    /// <summary>The newest destruction: where a tail that begins now starts to look.</summary>
    public ScopeDeletion LastDestruction => _lastDestruction;

    /// <summary>Encodes frames for all tails.</summary>
    public FrameEncoder Encoder { get; } = new();

    /// <summary>Wakes the tails that wait.</summary>
    public TailSignal Signal { get; } = new();

    /// <summary>Sets the position before the first entry.</summary>
    public void Start(long position)
    {
        _view = _view with { Floor = position, Position = position };
        Volatile.Write(ref _settled, position);
        _started.TrySetResult(position);
    }

    /// <summary>Shows numbered records to the tails, in order.</summary>
    /// <param name="records">Their ids are greater than all before.</param>
    /// <param name="settled">Whether they, and so all before them, are stored.</param>
    public void Publish(ReadOnlySpan<LogRecord> records, bool settled)
    {
        if (records.IsEmpty) return;
        var chunks = _view.Chunks;
        foreach (var record in records)
        {
            Add(ref chunks, record, record.Id);
            if (record.EntryCount == 2) Add(ref chunks, record, record.Id + 1);
        }

        var position = records[^1].LastId;
        _view = new RingSnapshot(chunks, chunks[^1].Count, FloorOf(chunks), position);
        if (settled) Volatile.Write(ref _settled, position);
        Signal.Raise();
    }

    /// <summary>Says that everything up to this id is in the store, or is known to be lost.</summary>
    public void Settle(long id)
    {
        Volatile.Write(ref _settled, id);
        Signal.Raise();
    }

    /// <summary>Takes the entries of a destroyed scope away, and ends the tails that show nothing else.</summary>
    public void Destroy(LogScope scope)
    {
        foreach (var chunk in _view.Chunks) chunk.Blank(scope);
        var destruction = new ScopeDeletion(scope);
        _lastDestruction.Next = destruction;
        _lastDestruction = destruction;
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

    private long FloorOf(RingChunk[] chunks)
    {
        var oldest = _published - _capacity;
        if (oldest <= 0) return _view.Floor;
        var chunk = Array.FindLastIndex(chunks, chunk => chunk.FirstIndex < oldest);
        return chunks[chunk].IdAt((int)(oldest - 1 - chunks[chunk].FirstIndex));
    }
}
