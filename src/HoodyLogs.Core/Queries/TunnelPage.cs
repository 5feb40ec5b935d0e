namespace HoodyLogs;

/// <summary>The result of reading a tunnel, in addition to the response entries that the visitor received, newest first.</summary>
/// <param name="Count">The number of entries that the visitor received.</param>
/// <param name="NewestUs">The greatest <c>ingestedAt</c> among them in microseconds since the Unix epoch, or 0.</param>
/// <param name="HasMore">Whether entries newer than <paramref name="NewestUs"/> exist.</param>
public sealed record TunnelPage(int Count, long NewestUs, bool HasMore)
{
    /// <summary>Whether the read stopped at <see cref="TunnelQuery.MaxBytes"/>. Read the rest of the page with <see cref="TunnelQuery.BeforeId"/>.</summary>
    public bool IsTruncated { get; init; }

    /// <summary>The id of the last entry of a truncated page; otherwise 0.</summary>
    public long LastReturnedId { get; init; }
}
