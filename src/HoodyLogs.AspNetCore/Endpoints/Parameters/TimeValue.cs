using System.Globalization;

namespace HoodyLogs.AspNetCore.Endpoints.Parameters;

/// <summary>
/// Reads a point in time: Unix milliseconds of the years 2000 to 2100, ISO 8601, <c>now</c>, or a time relative to it such as <c>-1h</c> and
/// <c>now-15m</c>.
/// </summary>
internal static class TimeValue
{
    private const string Takes =
        "an ISO 8601 time, milliseconds since 1970 (of the years 2000 to 2100), or a time relative to now, such as -1h or now-15m (ms, s, m, h, d, w)";

    private const long FirstMs = 946_684_800_000; // 2000-01-01
    private const long EndMs = 4_133_980_800_000; // 2101-01-01
    private const string Now = "now";
    private const int MaxAmountDigits = 9;
    private const long LowestMs = -62_135_596_800_000; // the years 1 to 9999
    private const long HighestMs = 253_402_300_799_999;

    /// <summary>Reads a time.</summary>
    /// <param name="text">Not empty.</param>
    /// <param name="nowMs">What <c>now</c> means, Unix milliseconds.</param>
    /// <param name="milliseconds">The time, Unix milliseconds; rounded up.</param>
    /// <param name="takes">What would be right, for a message; empty where the text is right.</param>
    public static bool TryRead(string text, long nowMs, out long milliseconds, out string takes)
    {
        takes = "";
        if (IsoTime.TryParse(text, out var time))
        {
            var (whole, rest) = Math.DivRem((time - DateTime.UnixEpoch).Ticks, TimeSpan.TicksPerMillisecond);
            milliseconds = rest > 0 ? whole + 1 : whole;
            return true;
        }

        var isNumber = decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number);
        milliseconds = isNumber && number is >= FirstMs and < EndMs ? (long)number : 0;
        if (milliseconds != 0 && !text.Contains('.', StringComparison.Ordinal)) return true;
        if (!isNumber && TryRelative(text, nowMs, out milliseconds)) return true;
        takes = Takes + (isNumber ? UnitHint(number) : "");
        return false;
    }

    private static string UnitHint(decimal number) => number switch
    {
        >= FirstMs / 1000 and < EndMs / 1000 => "; these look like seconds, multiply by 1000",
        >= FirstMs * 1000 and < EndMs * 1000 => "; these look like microseconds, divide by 1000",
        >= FirstMs * 1_000_000m and < EndMs * 1_000_000m => "; these look like nanoseconds, divide by 1000000",
        _ => "",
    };

    /// <summary><c>now</c>, then any number of offsets, each a sign, digits and a unit; <c>now</c> may be left out before an offset.</summary>
    private static bool TryRelative(ReadOnlySpan<char> text, long nowMs, out long milliseconds)
    {
        milliseconds = nowMs;
        var isNow = text.StartsWith(Now, StringComparison.OrdinalIgnoreCase);
        if (isNow) text = text[Now.Length..];
        if (text.IsEmpty) return isNow;
        while (!text.IsEmpty)
        {
            if (!TryOffset(ref text, out var offset)) return false;
            milliseconds += offset;
            if (milliseconds is < LowestMs or > HighestMs) return false;
        }

        return true;
    }

    private static bool TryOffset(ref ReadOnlySpan<char> text, out long offset)
    {
        offset = 0;
        var sign = text[0] switch
        {
            '-' => -1,
            '+' or ' ' => 1, // the plus of a client that did not encode it
            _ => 0,
        };
        var digits = text[1..].IndexOfAnyExceptInRange('0', '9');
        if (sign == 0 || digits is <= 0 or > MaxAmountDigits) return false;
        var amount = long.Parse(text.Slice(1, digits), NumberStyles.None, CultureInfo.InvariantCulture);
        text = text[(1 + digits)..];
        var next = text.IndexOfAny("+- ");
        var unit = UnitMs(next < 0 ? text : text[..next]);
        text = next < 0 ? [] : text[next..];
        offset = sign * amount * unit;
        return unit > 0;
    }

    private static long UnitMs(ReadOnlySpan<char> unit) => unit switch
    {
        "ms" => 1,
        "s" => 1000,
        "m" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        "w" => 604_800_000,
        _ => 0,
    };
}
