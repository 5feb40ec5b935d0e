using System.Globalization;

namespace HoodyLogs.OptionAttributes;

/// <summary>Limits a whole number to a range.</summary>
/// <param name="min">The minimum.</param>
/// <param name="max">The maximum. <see cref="long.MaxValue"/> means no limit.</param>
/// <param name="orZero">Whether 0 is allowed too, as "no limit".</param>
internal sealed class NumberAttribute(long min, long max, bool orZero = false) : OptionAttribute(
    (orZero ? "0 or " : "") + (max == long.MaxValue ? $"a whole number from {min}" : $"a whole number from {min} to {max}"))
{
    protected override bool IsAllowed(object value) =>
        Convert.ToInt64(value, CultureInfo.InvariantCulture) is var number && ((number >= min && number <= max) || (orZero && number == 0));
}
