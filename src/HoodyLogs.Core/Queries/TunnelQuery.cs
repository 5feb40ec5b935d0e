namespace HoodyLogs.Queries;

/// <summary>Which of a tunnel's requests are wanted: the response faces of one container (decisions U1, U4).</summary>
/// <param name="TunnelId">The container whose id is this UUID, in whatever case it is stored.</param>
/// <param name="Limit">At most this many; 1 or more.</param>
/// <param name="AfterUs">Only those ingested after this time (Unix microseconds), the oldest of them; null for the newest of all.</param>
/// <param name="NotBeforeMs">Never any whose exchange was ingested before this time (Unix milliseconds, decision U7).</param>
public sealed record TunnelQuery(Guid TunnelId, int Limit, long? AfterUs, long NotBeforeMs)
{
    /// <summary>Only entries with smaller ids, the newest of them first: goes on behind <see cref="TunnelPage.LastShownId"/>. Null for all.</summary>
    public long? BeforeId { get; init; }

    /// <summary>The read stops early after the entry with which it has shown more than this many bytes; then <see cref="TunnelPage.IsCut"/>. Default: no bound.</summary>
    public long MaxBytes { get; init; } = long.MaxValue;
}
