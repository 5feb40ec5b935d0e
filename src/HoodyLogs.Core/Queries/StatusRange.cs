namespace HoodyLogs;

/// <summary>A range of status codes, both ends included (decision L6).</summary>
/// <param name="From">100 to 599.</param>
/// <param name="To">Not below <paramref name="From"/>, at most 599.</param>
/// <exception cref="ArgumentOutOfRangeException">It is no such range.</exception>
public readonly record struct StatusRange(int From, int To)
{
    private const int Lowest = 100;
    private const int Highest = 599;

    /// <summary>100 to 599.</summary>
    public int From { get; init; } = Within(From, Lowest, nameof(From));

    /// <summary>Not below <see cref="From"/>, at most 599.</summary>
    public int To { get; init; } = Within(To, From, nameof(To));

    /// <summary>Whether it was made by the constructor, and not changed into no range afterwards.</summary>
    internal bool IsValid => From >= Lowest && To >= From && To <= Highest;

    private static int Within(int status, int lowest, string member) => status >= lowest && status <= Highest
        ? status
        : throw new ArgumentOutOfRangeException(member, status, $"{member} takes {lowest} to {Highest}.");
}
