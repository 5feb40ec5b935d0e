using HoodyLogs.Tail.Frames;


namespace HoodyLogs.Tail.Ring;

/// <summary>
/// Consecutive entries of the ring. Slots are filled once and never overwritten, so readers need no lock. The <see cref="RingSnapshot"/> says which
/// slots can be read. A deleted entry keeps its id and loses its record.
/// </summary>
internal sealed class RingChunk(long firstIndex, int size)
{
    private readonly LogRecord?[] _records = new LogRecord?[size];
    private readonly long[] _ids = new long[size];
    private FrameCache? _frames;
    private bool[]? _adminData;

    /// <summary>The index of the first entry among all entries that were ever published.</summary>
    public long FirstIndex { get; } = firstIndex;

    /// <summary>The number of entries. Only the writer uses it; readers use the snapshot.</summary>
    public int Count { get; private set; }

    /// <summary>The shared frames. Created when a tail first needs one.</summary>
    public FrameCache Frames
    {
        get
        {
            if (Volatile.Read(ref _frames) is { } frames) return frames;
            var made = new FrameCache(size);
            return Interlocked.CompareExchange(ref _frames, made, null) ?? made;
        }
    }

    public bool IsFull => Count == _records.Length;

    public long IdAt(int slot) => _ids[slot];

    /// <summary>Returns the record of an entry, or null if it is deleted.</summary>
    public LogRecord? RecordAt(int slot) => Volatile.Read(ref _records[slot]);

    public RecordParts PartAt(int slot, LogRecord record) => _ids[slot] == record.Id ? RecordParts.First : RecordParts.Second;

    /// <summary>Returns whether admins see other data of this entry than its shared frame contains.</summary>
    public bool HasAdminData(int slot) => _adminData is { } flags && flags[slot];

    public void Add(LogRecord record, long id)
    {
        if (record.HasAdminData) (_adminData ??= new bool[_ids.Length])[Count] = true;
        _ids[Count] = id;
        _records[Count++] = record;
    }

    public void DeleteScope(LogScope deleted)
    {
        for (var slot = 0; slot < Count; slot++)
        {
            if (_records[slot] is { Series: { } series } && deleted.Includes(series.Key)) Volatile.Write(ref _records[slot], null);
        }
    }

    /// <summary>Returns the first slot below <paramref name="count"/> with a greater id, or <paramref name="count"/>.</summary>
    public int SlotAfter(long id, int count)
    {
        var found = _ids.AsSpan(0, count).BinarySearch(id);
        return found >= 0 ? found + 1 : ~found;
    }
}
