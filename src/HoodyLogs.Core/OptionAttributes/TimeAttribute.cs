using System.Globalization;

namespace HoodyLogs.OptionAttributes;

/// <summary>Limits a time to a range.</summary>
/// <param name="min">The minimum, as <c>[d.]hh:mm:ss[.fff]</c>.</param>
/// <param name="max">The maximum.</param>
internal sealed class TimeAttribute(string min, string max) : OptionAttribute($"a time from {min} to {max}, written [d.]hh:mm:ss[.fff]")
{
    private readonly TimeSpan _min = TimeSpan.Parse(min, CultureInfo.InvariantCulture);
    private readonly TimeSpan _max = TimeSpan.Parse(max, CultureInfo.InvariantCulture);

    protected override bool IsAllowed(object value) => value is TimeSpan time && time >= _min && time <= _max;
}
