using HoodyLogs.Storage.Sqlite.Series;

namespace HoodyLogs.Storage.Sqlite.Segments;

/// <summary>
/// A sealed segment: consecutive rows with the number of rows of each series and the start of its index chunks. Immutable. The counts include rows that
/// were removed later. Those are hidden by the retention floor or by the state of their series.
/// </summary>
/// <param name="Number">The number of the segment. Numbers are consecutive.</param>
/// <param name="FirstId">The id of the first row.</param>
/// <param name="LastId">The id of the last entry of the last row.</param>
/// <param name="MinTsMs">The earliest entry time.</param>
/// <param name="MaxTsMs">The latest entry time.</param>
/// <param name="MaxIngestedUs">The ingestion time of the last row.</param>
/// <param name="Series">The numbers of the series with rows in the segment, ascending.</param>
/// <param name="Starts">The start of each series' rows in the index. One more element has the end of the last series.</param>
/// <param name="TraceStarts">The first hash in each chunk of the trace index.</param>
internal sealed record Segment(
    int Number, long FirstId, long LastId, long MinTsMs, long MaxTsMs, long MaxIngestedUs, int[] Series, int[] Starts, uint[] TraceStarts)
    : PostingCounts(Series, Starts);
