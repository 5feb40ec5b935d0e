using HoodyLogs.Queries;

namespace HoodyLogs;

/// <summary>Selects a page of the matching entries.</summary>
public sealed record LogQuery
{
    /// <summary>The filter. Default: all entries.</summary>
    public LogFilter Filter
    {
        get;
        init => field = value ?? throw new ArgumentNullException(nameof(Filter));
    } = LogFilter.All;

    /// <summary>The maximum number of entries, 0 or more. With 0, the read only counts.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
    public int Limit
    {
        get;
        init => field = (int)NumberRange.Within(value, 0, int.MaxValue, nameof(Limit));
    } = 200;

    /// <summary>The number of matching entries to skip from the start of the page, 0 or more. Default: 0.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
    public long Offset
    {
        get;
        init => field = NumberRange.Within(value, 0, long.MaxValue, nameof(Offset));
    }

    /// <summary>
    /// Reads only the last N matching entries, in ascending order. 0 or more; null reads all. <see cref="Offset"/> then skips entries within the last N,
    /// and <see cref="Limit"/> limits the rest. Cannot be combined with <see cref="Descending"/>.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
    public int? Last
    {
        get;
        init => field = (int?)NumberRange.Within(value, 0, int.MaxValue, nameof(Last));
    }

    /// <summary>Returns only entries with greater ids. 0 or more; null for all. It does not change the total.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
    public long? AfterId
    {
        get;
        init => field = NumberRange.Within(value, 0, long.MaxValue, nameof(AfterId));
    }

    /// <summary>Returns only entries with smaller ids. 0 or more; null for all. It does not change the total.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
    public long? BeforeId
    {
        get;
        init => field = NumberRange.Within(value, 0, long.MaxValue, nameof(BeforeId));
    }

    /// <summary>Whether to return the newest entries first. Default: false.</summary>
    public bool Descending { get; init; }

    /// <summary>Whether to set <see cref="LogPage.Total"/>. Default: true.</summary>
    public bool CountTotal { get; init; } = true;

    /// <summary>Whether to read request bodies. Default: false.</summary>
    public bool IncludeRequestBody { get; init; }

    /// <summary>Whether to read response bodies. Default: false.</summary>
    public bool IncludeResponseBody { get; init; }

    /// <summary>
    /// The size in bytes, of rows and bodies together, after which the read stops. It finishes the entry that exceeds the limit and sets
    /// <see cref="LogPage.HasMore"/>. 0 or more. Default: no limit.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
    public long MaxBytes
    {
        get;
        init => field = NumberRange.Within(value, 0, long.MaxValue, nameof(MaxBytes));
    } = long.MaxValue;

    /// <summary>
    /// The maximum time for scanning records (see <see cref="LogFilter.RequiresScan"/>). It starts when the scan starts, not when the read is queued. After
    /// this time the read returns what it has found with <see cref="LogPage.ScannedToId"/>, and the total is a lower bound. Every read scans at least some
    /// records, so that paging by this id always reaches the end. Default: 2 s.
    /// </summary>
    public TimeSpan MaxScanTime { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// The maximum number of records to scan (see <see cref="LogFilter.RequiresScan"/>). The read then stops and sets
    /// <see cref="LogPage.ScannedToId"/>. 1 or more. Default: 1,000,000.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is less than 1.</exception>
    public int MaxScannedRecords
    {
        get;
        init => field = (int)NumberRange.Within(value, 1, int.MaxValue, nameof(MaxScannedRecords));
    } = 1_000_000;
}
