using HoodyLogs.Storage.Sqlite.Segments;

namespace HoodyLogs.Storage.Sqlite.Reading;

/// <summary>The ids of the entries that a page may contain, both ends included.</summary>
internal readonly record struct IdRange(long First, long Last)
{
    /// <summary>Returns the visible ids between two ids that are not included.</summary>
    public static IdRange Create(StoreSnapshot snapshot, long? afterId, long? beforeId) => new(
        Math.Max(snapshot.RetentionFloor, Math.Min(afterId ?? 0, long.MaxValue - 1) + 1),
        Math.Min(snapshot.LastId, (beforeId ?? long.MaxValue) - 1));

    public bool Contains(Segment segment) => First <= segment.FirstId && segment.LastId <= Last;

    public bool Contains(SegmentGroup group) => First <= group.FirstId && group.LastId <= Last;

    public bool Overlaps(Segment segment) => segment.FirstId <= Last && segment.LastId >= First;

    /// <summary>Returns the parts of a row that are in the range. The range can begin or end between the two entries of an exchange.</summary>
    public RecordParts Restrict(long rowId, RecordParts parts)
    {
        if (rowId < First) parts &= rowId + 1 == First ? RecordParts.Second : RecordParts.None;
        if (rowId >= Last) parts &= rowId == Last ? RecordParts.First : RecordParts.None;
        return parts;
    }
}
