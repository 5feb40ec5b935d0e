namespace HoodyLogs;

/// <summary>A range of HTTP statuses. Both ends are included.</summary>
/// <param name="From">The lowest status, 100 to 599.</param>
/// <param name="To">The highest status, from <paramref name="From"/> to 599.</param>
/// <exception cref="ArgumentOutOfRangeException">The range is not valid.</exception>
public readonly record struct StatusRange(int From, int To)
{
    private const int Lowest = 100;
    private const int Highest = 599;

    /// <summary>The lowest status, 100 to 599.</summary>
    public int From { get; init; } = Within(From, Lowest, nameof(From));

    /// <summary>The highest status, from <see cref="From"/> to 599.</summary>
    public int To { get; init; } = Within(To, From, nameof(To));

    /// <summary>Whether the range is valid. A <c>with</c> expression or <c>default</c> can create an invalid one.</summary>
    internal bool IsValid => From >= Lowest && To >= From && To <= Highest;

    private static int Within(int status, int lowest, string member) => status >= lowest && status <= Highest
        ? status
        : throw new ArgumentOutOfRangeException(member, status, $"{member} takes {lowest} to {Highest}.");
}
