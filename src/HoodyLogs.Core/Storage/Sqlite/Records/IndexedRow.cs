namespace HoodyLogs.Storage.Sqlite.Records;

/// <summary>What the index has to know of a row.</summary>
internal readonly record struct IndexedRow(long Id, long LastId, int Series, uint TraceHash, long MinTsMs, long MaxTsMs, long IngestedUs);
