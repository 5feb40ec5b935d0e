namespace HoodyLogs.Queries;

/// <summary>Ranges of the numbers in queries, so that a mistake fails where it is made.</summary>
internal static class NumberRange
{
    public static long Within(long value, long lowest, long highest, string member) => value >= lowest && value <= highest
        ? value
        : throw new ArgumentOutOfRangeException(
            member, value, highest is int.MaxValue or long.MaxValue ? $"{member} takes {lowest} or more." : $"{member} takes {lowest} to {highest}.");

    public static long? Within(long? value, long lowest, long highest, string member) => value is { } given ? Within(given, lowest, highest, member) : null;
}
