using System.Globalization;
using System.Text.RegularExpressions;

namespace HoodyLogs.AspNetCore.Endpoints.Parameters;

/// <summary>
/// Parses ISO 8601 timestamps of the years 1 to 9999, extended or basic: a date, or a date and time with up to seven significant fractional digits, with Z,
/// an offset, or neither (UTC). A space is accepted as <c>T</c>, and as the plus of an offset that the client did not encode.
/// </summary>
internal static partial class IsoTime
{
    private const int FractionDigits = 7;
    private const int MaxOffsetMinutes = 14 * 60;

    public static bool TryParse(string text, out DateTime utc)
    {
        utc = default;
        var match = Pattern().Match(text);
        if (!match.Success || !TryParseDate(match, out var date) || !TryParseTimeOfDay(match, out var time) || !TryParseOffset(match, out var offset)) return false;
        var ticks = date.Ticks + time.Ticks - offset.Ticks;
        if (ticks < 0 || ticks > DateTime.MaxValue.Ticks) return false;
        utc = new DateTime(ticks, DateTimeKind.Utc);
        return true;
    }

    private static bool TryParseDate(Match match, out DateTime date)
    {
        date = default;
        var (year, month, day) = (GetNumber(match, "year"), GetNumber(match, "month"), GetNumber(match, "day"));
        if (year < 1 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month)) return false;
        date = new DateTime(year, month, day, 0, 0, 0, DateTimeKind.Utc);
        return true;
    }

    /// <summary>Accepts 24:00 as the end of the day.</summary>
    private static bool TryParseTimeOfDay(Match match, out TimeSpan time)
    {
        var (hour, minute, second) = (GetNumber(match, "hour"), GetNumber(match, "minute"), GetNumber(match, "second"));
        var fraction = match.Groups["fraction"].Value;
        if (fraction.Length > FractionDigits) fraction = fraction[..FractionDigits];
        var ticks = fraction.Length == 0 ? 0 : long.Parse(fraction.PadRight(FractionDigits, '0'), NumberStyles.None, CultureInfo.InvariantCulture);
        time = new TimeSpan(hour, minute, second) + TimeSpan.FromTicks(ticks);
        return hour <= 24 && minute < 60 && second < 60 && time <= TimeSpan.FromDays(1);
    }

    private static bool TryParseOffset(Match match, out TimeSpan offset)
    {
        var minutes = (GetNumber(match, "offsetHour") * 60) + GetNumber(match, "offsetMinute");
        offset = TimeSpan.FromMinutes(match.Groups["sign"].Value == "-" ? -minutes : minutes);
        return minutes <= MaxOffsetMinutes && GetNumber(match, "offsetMinute") < 60;
    }

    private static int GetNumber(Match match, string group) =>
        match.Groups[group] is { Success: true } found ? int.Parse(found.ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture) : 0;

    // Each alternative starts with a digit, a sign or a letter, so that matching takes linear time.
    [GeneratedRegex(
        """
        \A(?<year>[0-9]{4})(?:-(?<month>[0-9]{2})-(?<day>[0-9]{2})|(?<month>[0-9]{2})(?<day>[0-9]{2}))
        (?:[Tt\ ](?<hour>[0-9]{2})(?::?(?<minute>[0-9]{2})(?::?(?<second>[0-9]{2})(?:[.,](?<fraction>[0-9]+))?)?)?
        (?:\ ?(?:[Zz]|(?<sign>[+\-\ ])(?<offsetHour>[0-9]{2})(?::?(?<offsetMinute>[0-9]{2}))?))?)?\z
        """,
        RegexOptions.CultureInvariant | RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Pattern();
}
