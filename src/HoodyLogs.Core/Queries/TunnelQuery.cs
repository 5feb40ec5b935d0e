using HoodyLogs.Queries;

namespace HoodyLogs;

/// <summary>Selects requests of a tunnel: the response entries of one container.</summary>
/// <param name="TunnelId">The UUID of the container. Case does not matter.</param>
/// <param name="Limit">The maximum number of entries, 0 or more. With 0, the read only checks whether the tunnel is known.</param>
/// <param name="AfterUs">
/// Returns only entries that were ingested after this time, oldest first up to the limit. In microseconds since the Unix epoch, years 1 to 9999.
/// Null returns the newest entries.
/// </param>
/// <param name="NotBeforeMs">Excludes entries that were ingested before this time. In milliseconds since the Unix epoch, years 1 to 9999.</param>
/// <exception cref="ArgumentOutOfRangeException">A number is out of range.</exception>
public sealed record TunnelQuery(Guid TunnelId, int Limit, long? AfterUs, long NotBeforeMs)
{
    private const long MinMs = -62_135_596_800_000; // the years 1 to 9999, as DateTimeOffset has them
    private const long MaxMs = 253_402_300_799_999;
    private const long MaxUs = (MaxMs * 1000) + 999;

    /// <summary>The maximum number of entries, 0 or more. With 0, the read only checks whether the tunnel is known.</summary>
    public int Limit
    {
        get;
        init => field = (int)NumberRange.Within(value, 0, int.MaxValue - 1, nameof(Limit));
    } = (int)NumberRange.Within(Limit, 0, int.MaxValue - 1, nameof(Limit));

    /// <summary>
    /// Returns only entries that were ingested after this time, oldest first up to the limit. In microseconds since the Unix epoch, years 1 to 9999.
    /// Null returns the newest entries.
    /// </summary>
    public long? AfterUs
    {
        get;
        init => field = NumberRange.Within(value, MinMs * 1000, MaxUs, nameof(AfterUs));
    } = NumberRange.Within(AfterUs, MinMs * 1000, MaxUs, nameof(AfterUs));

    /// <summary>Excludes entries that were ingested before this time. In milliseconds since the Unix epoch, years 1 to 9999.</summary>
    public long NotBeforeMs
    {
        get;
        init => field = NumberRange.Within(value, MinMs, MaxMs, nameof(NotBeforeMs));
    } = NumberRange.Within(NotBeforeMs, MinMs, MaxMs, nameof(NotBeforeMs));

    /// <summary>Returns only entries with smaller ids, newest first. Use it to continue after <see cref="TunnelPage.LastReturnedId"/>. Null for all.</summary>
    public long? BeforeId { get; init; }

    /// <summary>The size in bytes after which the read stops. It finishes the entry that exceeds the limit and sets <see cref="TunnelPage.IsTruncated"/>. Default: no limit.</summary>
    public long MaxBytes { get; init; } = long.MaxValue;
}
