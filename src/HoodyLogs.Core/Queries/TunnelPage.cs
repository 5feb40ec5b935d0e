namespace HoodyLogs.Queries;

/// <summary>What a read of a tunnel found, beside the entries that it showed (newest first, response faces).</summary>
/// <param name="Count">How many were shown.</param>
/// <param name="NewestUs">The greatest <c>ingestedAt</c> shown, Unix microseconds; 0 where none was.</param>
/// <param name="HasMore">Whether there are newer ones than <paramref name="NewestUs"/>.</param>
public sealed record TunnelPage(int Count, long NewestUs, bool HasMore);
