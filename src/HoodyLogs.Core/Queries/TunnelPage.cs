namespace HoodyLogs;

/// <summary>What a read of a tunnel found, beside the entries that it showed (newest first, response faces).</summary>
/// <param name="Count">How many were shown.</param>
/// <param name="NewestUs">The greatest <c>ingestedAt</c> shown, Unix microseconds; 0 where none was.</param>
/// <param name="HasMore">Whether there are newer ones than <paramref name="NewestUs"/>.</param>
public sealed record TunnelPage(int Count, long NewestUs, bool HasMore)
{
    /// <summary>Whether the read stopped at <see cref="TunnelQuery.MaxBytes"/>: the rest of the page follows by <see cref="TunnelQuery.BeforeId"/>.</summary>
    public bool IsTruncated { get; init; }

    /// <summary>The id of the last entry shown where the page was cut; else 0.</summary>
    public long LastReturnedId { get; init; }
}
