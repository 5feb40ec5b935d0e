using HoodyLogs.Storage.Sqlite.Segments;

namespace HoodyLogs.Storage.Sqlite.Reading;

/// <summary>The ids from which a page may be taken, both ends included.</summary>
internal readonly record struct IdRange(long First, long Last)
{
    /// <summary>The visible ids between two that are excluded.</summary>
    public static IdRange Create(StoreSnapshot view, long? afterId, long? beforeId) => new(
        Math.Max(view.RetentionFloor, Math.Min(afterId ?? 0, long.MaxValue - 1) + 1),
        Math.Min(view.LastId, (beforeId ?? long.MaxValue) - 1));

    public bool Contains(Segment segment) => First <= segment.FirstId && segment.LastId <= Last;

    public bool Contains(SegmentGroup group) => First <= group.FirstId && group.LastId <= Last;

    public bool Overlaps(Segment segment) => segment.FirstId <= Last && segment.LastId >= First;

    /// <summary>Those of a row's faces that lie within: an end of the range may fall between the two faces of an exchange.</summary>
    public RecordParts Restrict(long rowId, RecordParts faces)
    {
        if (rowId < First) faces &= rowId + 1 == First ? RecordParts.Second : RecordParts.None;
        if (rowId >= Last) faces &= rowId == Last ? RecordParts.First : RecordParts.None;
        return faces;
    }
}
