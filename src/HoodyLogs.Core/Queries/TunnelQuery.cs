using HoodyLogs.Queries;

namespace HoodyLogs;

/// <summary>Which of a tunnel's requests are wanted: the response faces of one container (decisions U1, U4).</summary>
/// <param name="TunnelId">The container whose id is this UUID, in whatever case it is stored.</param>
/// <param name="Limit">At most this many; 0 or more. 0 only tells whether the tunnel is known.</param>
/// <param name="AfterUs">Only those ingested after this time (Unix microseconds, of the years 1 to 9999), the oldest of them; null for the newest of all.</param>
/// <param name="NotBeforeMs">Never any whose exchange was ingested before this time (Unix milliseconds, of the years 1 to 9999).</param>
/// <exception cref="ArgumentOutOfRangeException">A number is outside of its range.</exception>
public sealed record TunnelQuery(Guid TunnelId, int Limit, long? AfterUs, long NotBeforeMs)
{
    private const long MinMs = -62_135_596_800_000; // the years 1 to 9999, as DateTimeOffset has them
    private const long MaxMs = 253_402_300_799_999;
    private const long MaxUs = (MaxMs * 1000) + 999;

    /// <summary>At most this many; 0 or more. 0 only tells whether the tunnel is known.</summary>
    public int Limit
    {
        get;
        init => field = (int)NumberRange.Within(value, 0, int.MaxValue - 1, nameof(Limit));
    } = (int)NumberRange.Within(Limit, 0, int.MaxValue - 1, nameof(Limit));

    /// <summary>Only those ingested after this time (Unix microseconds, of the years 1 to 9999), the oldest of them; null for the newest of all.</summary>
    public long? AfterUs
    {
        get;
        init => field = NumberRange.Within(value, MinMs * 1000, MaxUs, nameof(AfterUs));
    } = NumberRange.Within(AfterUs, MinMs * 1000, MaxUs, nameof(AfterUs));

    /// <summary>Never any whose exchange was ingested before this time (Unix milliseconds, of the years 1 to 9999).</summary>
    public long NotBeforeMs
    {
        get;
        init => field = NumberRange.Within(value, MinMs, MaxMs, nameof(NotBeforeMs));
    } = NumberRange.Within(NotBeforeMs, MinMs, MaxMs, nameof(NotBeforeMs));

    /// <summary>Only entries with smaller ids, the newest of them first: goes on behind <see cref="TunnelPage.LastReturnedId"/>. Null for all.</summary>
    public long? BeforeId { get; init; }

    /// <summary>The read stops early after the entry with which it has shown more than this many bytes; then <see cref="TunnelPage.IsTruncated"/>. Default: no bound.</summary>
    public long MaxBytes { get; init; } = long.MaxValue;
}
