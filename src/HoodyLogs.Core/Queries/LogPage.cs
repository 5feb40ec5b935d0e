namespace HoodyLogs;

/// <summary>What a read found, beside the entries that it showed.</summary>
public sealed record LogPage
{
    /// <summary>How many entries were shown.</summary>
    public required int Count { get; init; }

    /// <summary>How many entries match in the caller's scope, wherever the page starts (decision L4); 0 where not asked for.</summary>
    public long Total { get; init; }

    /// <summary>Whether counting stopped: at 10 000 matches, at 1 000 000 records looked at, or because <see cref="LogQuery.MaxScanTime"/> was used up.</summary>
    public bool TotalIsLowerBound { get; init; }

    /// <summary>Where the row bound or <see cref="LogQuery.MaxScanTime"/> ended the page before it was full: the id up to which was looked, from where <c>AfterId</c> (or <c>BeforeId</c>) goes on.</summary>
    public long? ScannedToId { get; init; }

    /// <summary>Whether the read stopped at <see cref="LogQuery.MaxBytes"/>; it goes on after <see cref="LastReturnedId"/>, without an offset.</summary>
    public bool HasMore { get; init; }

    /// <summary>The id of the last entry shown; 0 where none was.</summary>
    public long LastReturnedId { get; init; }

    /// <summary>For <see cref="LogQuery.Last"/>: the matching entries before the last N, which the documented answer gives as <c>offset</c>.</summary>
    public long SkippedBeforeLast { get; init; }

    /// <summary>How long the read looked at records.</summary>
    internal TimeSpan ScanTime { get; init; }
}
