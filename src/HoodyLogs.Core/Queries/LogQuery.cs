using HoodyLogs.Queries;

namespace HoodyLogs;

/// <summary>Which page of the entries that match is wanted.</summary>
public sealed record LogQuery
{
    /// <summary>Which entries match.</summary>
    public LogFilter Filter
    {
        get;
        init => field = value ?? throw new ArgumentNullException(nameof(Filter));
    } = LogFilter.None;

    /// <summary>At most this many entries; 0 or more. 0 asks for the total alone.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is outside of its range.</exception>
    public int Limit
    {
        get;
        init => field = (int)NumberRange.Within(value, 0, int.MaxValue, nameof(Limit));
    } = 200;

    /// <summary>Matching entries to pass over first, counted from where the page starts; 0 or more.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is outside of its range.</exception>
    public long Offset
    {
        get;
        init => field = NumberRange.Within(value, 0, long.MaxValue, nameof(Offset));
    }

    /// <summary>
    /// The last so many matching entries, ascending; 0 or more, null for all. <see cref="Offset"/> then skips within those, and <see cref="Limit"/>
    /// caps what is left (decision L3). Not together with <see cref="Descending"/>.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is outside of its range.</exception>
    public int? Last
    {
        get;
        init => field = (int?)NumberRange.Within(value, 0, int.MaxValue, nameof(Last));
    }

    /// <summary>Only entries with greater ids; 0 or more, null for all. Does not change the total.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is outside of its range.</exception>
    public long? AfterId
    {
        get;
        init => field = NumberRange.Within(value, 0, long.MaxValue, nameof(AfterId));
    }

    /// <summary>Only entries with smaller ids; 0 or more, null for all. Does not change the total.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is outside of its range.</exception>
    public long? BeforeId
    {
        get;
        init => field = NumberRange.Within(value, 0, long.MaxValue, nameof(BeforeId));
    }

    /// <summary>Newest first. Default: oldest first (decision L2).</summary>
    public bool Descending { get; init; }

    /// <summary>Whether <see cref="LogPage.Total"/> is wanted. Default: yes.</summary>
    public bool CountTotal { get; init; } = true;

    /// <summary>Whether request bodies are wanted.</summary>
    public bool IncludeRequestBody { get; init; }

    /// <summary>Whether response bodies are wanted.</summary>
    public bool IncludeResponseBody { get; init; }

    /// <summary>
    /// The read stops early after the entry with which it has shown more than this many bytes, of rows and bodies together; then
    /// <see cref="LogPage.HasMore"/>. 0 or more. Default: no bound beside <see cref="Limit"/>.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is outside of its range.</exception>
    public long MaxBytes
    {
        get;
        init => field = NumberRange.Within(value, 0, long.MaxValue, nameof(MaxBytes));
    } = long.MaxValue;

    /// <summary>
    /// The longest a read may look at records (<see cref="LogFilter.RequiresScan"/>), counted from its start, not from its request. Then it ends
    /// with what it found and <see cref="LogPage.ScannedToId"/>, and the total is a lower bound. Every read gets on by some records at least, so that
    /// a walk by that id always comes to its end. Default 2 s.
    /// </summary>
    public TimeSpan MaxScanTime { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// The most records that a filter may look at (<see cref="LogFilter.RequiresScan"/>) before the read stops with
    /// <see cref="LogPage.ScannedToId"/>. Default 1 000 000, at least 1.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is outside of its range.</exception>
    public int MaxScannedRecords
    {
        get;
        init => field = (int)NumberRange.Within(value, 1, int.MaxValue, nameof(MaxScannedRecords));
    } = 1_000_000;
}
