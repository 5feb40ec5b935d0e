using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using HoodyLogs.Storage.Bodies;

namespace HoodyLogs.Storage.Sqlite.Records;

/// <summary>What a row of <c>records</c> holds, read once for both of its faces. Valid until the statement's next step or reset.</summary>
internal struct RecordFields
{
    // What filters and the index look at.
    public int Series;
    public RecordFlags Flags;
    public long TimestampMs;
    public long DurationUs;
    public long IngestedUs;
    public int Status;
    public ColumnBytes Trace;
    public ColumnBytes Url;

    // All else: still packed, and read only where an entry is shown.
    public ColumnBytes Remaining;
    public long BytesIn;
    public long BytesOut;
    public ColumnBytes ClientIp;
    public ColumnBytes UserAgent;
    public ColumnBytes RequestData;
    public ColumnBytes ResponseData;
    public BodyLocation Bodies;
}

/// <summary>Bytes in SQLite's own memory, which does not move; a span of it cannot be kept in a field.</summary>
internal readonly unsafe struct ColumnBytes(ReadOnlySpan<byte> native)
{
    private readonly void* _start = Unsafe.AsPointer(ref MemoryMarshal.GetReference(native));
    private readonly int _length = native.Length;

    public bool IsEmpty => _length == 0;

    public ReadOnlySpan<byte> Span => new(_start, _length);
}
