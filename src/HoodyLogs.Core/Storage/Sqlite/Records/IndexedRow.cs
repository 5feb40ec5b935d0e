namespace HoodyLogs.Storage.Sqlite.Records;

/// <summary>The values of a row that the segment index needs.</summary>
internal readonly record struct IndexedRow(long Id, long LastId, int Series, uint TraceHash, long MinTsMs, long MaxTsMs, long IngestedUs);
