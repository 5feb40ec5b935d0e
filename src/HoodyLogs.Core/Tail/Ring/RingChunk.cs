using HoodyLogs.Tail.Frames;


namespace HoodyLogs.Tail.Ring;

/// <summary>
/// A run of consecutive entries of the ring. Only filled up, never overwritten, so that readers need no lock; which entries may be read
/// is said by the <see cref="RingSnapshot"/> that leads here. A destroyed entry keeps its id and loses its record.
/// </summary>
internal sealed class RingChunk(long firstIndex, int size)
{
    private readonly LogRecord?[] _records = new LogRecord?[size];
    private readonly long[] _ids = new long[size];
    private FrameCache? _frames;
    private bool[]? _adminData;

    /// <summary>The place of the first entry in the order of all that were ever published.</summary>
    public long FirstIndex { get; } = firstIndex;

    /// <summary>How many entries it holds. The writer's: readers take it from the view.</summary>
    public int Count { get; private set; }

    /// <summary>The encoded frames; made when a tail first needs one.</summary>
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

    /// <summary>The record of an entry; null where it was destroyed.</summary>
    public LogRecord? RecordAt(int slot) => Volatile.Read(ref _records[slot]);

    public RecordParts PartAt(int slot, LogRecord record) => _ids[slot] == record.Id ? RecordParts.First : RecordParts.Second;

    /// <summary>Whether admins see other data of this entry than its shared frame holds.</summary>
    public bool HasAdminData(int slot) => _adminData is { } flags && flags[slot];

    public void Add(LogRecord record, long id)
    {
        if (record.HasAdminData) (_adminData ??= new bool[_ids.Length])[Count] = true;
        _ids[Count] = id;
        _records[Count++] = record;
    }

    public void DeleteScope(LogScope destroyed)
    {
        for (var slot = 0; slot < Count; slot++)
        {
            if (_records[slot] is { Series: { } series } && destroyed.Admits(series.Key)) Volatile.Write(ref _records[slot], null);
        }
    }

    /// <summary>The first of so many slots whose id is greater; the count where none is.</summary>
    public int SlotAfter(long id, int count)
    {
        var found = _ids.AsSpan(0, count).BinarySearch(id);
        return found >= 0 ? found + 1 : ~found;
    }
}
