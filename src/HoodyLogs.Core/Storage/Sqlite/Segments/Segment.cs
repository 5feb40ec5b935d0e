using HoodyLogs.Storage.Sqlite.Series;

namespace HoodyLogs.Storage.Sqlite.Segments;

/// <summary>
/// What is held in memory of a sealed segment, a stretch of consecutive rows: how many rows each series has in it, and where its index begins to
/// look. Immutable. Rows that were removed since are still counted here; their series or the horizon hides them.
/// </summary>
/// <param name="Number">Grows by one with each segment.</param>
/// <param name="FirstId">The id of the first row.</param>
/// <param name="LastId">The id of the last face of the last row.</param>
/// <param name="MinTsMs">The earliest entry time.</param>
/// <param name="MaxTsMs">The latest entry time.</param>
/// <param name="MaxIngestedUs">The ingestion time of the last row.</param>
/// <param name="Series">The numbers of the series that have rows here, ascending.</param>
/// <param name="Starts">Where the rows of each of these series begin in the index, and, one more, where they end.</param>
/// <param name="TraceStarts">The first hash in each chunk of the trace index.</param>
internal sealed record Segment(
    int Number, long FirstId, long LastId, long MinTsMs, long MaxTsMs, long MaxIngestedUs, int[] Series, int[] Starts, uint[] TraceStarts)
    : PostingCounts(Series, Starts);
