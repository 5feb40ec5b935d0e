namespace HoodyLogs.Queries;

/// <summary>Validates the numbers of queries, so that a mistake fails when the query is created.</summary>
internal static class NumberRange
{
    public static long Within(long value, long lowest, long highest, string member) => value >= lowest && value <= highest
        ? value
        : throw new ArgumentOutOfRangeException(
            member, value, highest is int.MaxValue or long.MaxValue ? $"{member} takes {lowest} or more." : $"{member} takes {lowest} to {highest}.");

    public static long? Within(long? value, long lowest, long highest, string member) => value is { } given ? Within(given, lowest, highest, member) : null;
}
