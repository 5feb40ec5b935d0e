namespace HoodyLogs.Queries;

/// <summary>A range of status codes, both ends included (decision L6).</summary>
/// <param name="From">100 to 599.</param>
/// <param name="To">Not below <paramref name="From"/>, at most 599.</param>
public readonly record struct StatusRange(int From, int To);
