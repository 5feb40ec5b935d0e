using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using HoodyLogs.Storage.Bodies;

namespace HoodyLogs.Storage.Sqlite.Records;

/// <summary>The decoded fields of a row, shared by both of its entries. Valid until the next step or reset of the statement.</summary>
internal struct RecordFields
{
    // Fields that filters and the index use.
    public int Series;
    public RecordFlags Flags;
    public long TimestampMs;
    public long DurationUs;
    public long IngestedUs;
    public int Status;
    public ColumnBytes Trace;
    public ColumnBytes Url;

    // All other fields. They stay encoded until an entry is returned.
    public ColumnBytes Remaining;
    public long BytesIn;
    public long BytesOut;
    public ColumnBytes ClientIp;
    public ColumnBytes UserAgent;
    public ColumnBytes RequestData;
    public ColumnBytes ResponseData;
    public BodyLocation Bodies;
}

/// <summary>Bytes in the memory of SQLite, which does not move. Unlike a span, it can be stored in a field.</summary>
internal readonly unsafe struct ColumnBytes(ReadOnlySpan<byte> native)
{
    private readonly void* _start = Unsafe.AsPointer(ref MemoryMarshal.GetReference(native));
    private readonly int _length = native.Length;

    public bool IsEmpty => _length == 0;

    public ReadOnlySpan<byte> Span => new(_start, _length);
}
