using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace HoodyLogs.Storage.Sqlite;

/// <summary>The columns of one row of <c>records</c>, read once for both of its faces. Valid until the statement's next step or reset.</summary>
internal struct RecordColumns
{
    public long TimestampMs;
    public long DurationUs;
    public long LagUs;
    public RecordFlags Flags;
    public int Status;
    public long BytesIn;
    public long BytesOut;
    public ColumnBytes Trace;
    public ColumnBytes Url;
    public ColumnBytes ClientIp;
    public ColumnBytes UserAgent;
    public ColumnBytes RequestData;
    public ColumnBytes ResponseData;
}

/// <summary>A blob or text in SQLite's own memory, which does not move; a span of it cannot be kept in a field.</summary>
internal readonly unsafe struct ColumnBytes(ReadOnlySpan<byte> native)
{
    private readonly void* _start = Unsafe.AsPointer(ref MemoryMarshal.GetReference(native));
    private readonly int _length = native.Length;

    public ReadOnlySpan<byte> Span => new(_start, _length);
}
