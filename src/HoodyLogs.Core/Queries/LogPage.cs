namespace HoodyLogs;

/// <summary>The result of a read, in addition to the entries that the visitor received.</summary>
public sealed record LogPage
{
    /// <summary>The number of entries that the visitor received.</summary>
    public required int Count { get; init; }

    /// <summary>The number of matching entries in the caller's scope, regardless of paging. 0 if the query does not count.</summary>
    public long Total { get; init; }

    /// <summary>Whether counting stopped early: at 10,000 matches, at 1,000,000 scanned records, or after <see cref="LogQuery.MaxScanTime"/>.</summary>
    public bool TotalIsLowerBound { get; init; }

    /// <summary>
    /// The last scanned id if a scan limit or <see cref="LogQuery.MaxScanTime"/> ended the page before it was full; otherwise null. Pass it as
    /// <c>AfterId</c>, or as <c>BeforeId</c> when descending, to continue.
    /// </summary>
    public long? ScannedToId { get; init; }

    /// <summary>Whether the read stopped at <see cref="LogQuery.MaxBytes"/>. Continue after <see cref="LastReturnedId"/>, without an offset.</summary>
    public bool HasMore { get; init; }

    /// <summary>The id of the last entry that the visitor received, or 0.</summary>
    public long LastReturnedId { get; init; }

    /// <summary>For <see cref="LogQuery.Last"/>: the number of matching entries before the last N. The API returns it as <c>offset</c>.</summary>
    public long MatchesBeforeLast { get; init; }

    /// <summary>The time that the read spent on scanning records.</summary>
    internal TimeSpan ScanTime { get; init; }
}
