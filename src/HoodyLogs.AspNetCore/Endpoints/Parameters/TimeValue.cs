using System.Globalization;

namespace HoodyLogs.AspNetCore.Endpoints.Parameters;

/// <summary>
/// Parses a point in time: Unix milliseconds of the years 2000 to 2100, ISO 8601, <c>now</c>, or a time relative to now, such as <c>-1h</c> or
/// <c>now-15m</c>.
/// </summary>
internal static class TimeValue
{
    private const string Expected =
        "an ISO 8601 time, milliseconds since 1970 (of the years 2000 to 2100), or a time relative to now, such as -1h or now-15m (ms, s, m, h, d, w)";

    private const long FirstMs = 946_684_800_000; // 2000-01-01
    private const long EndMs = 4_133_980_800_000; // 2101-01-01
    private const string Now = "now";
    private const int MaxAmountDigits = 9;
    private const long LowestMs = -62_135_596_800_000; // the years 1 to 9999
    private const long HighestMs = 253_402_300_799_999;

    /// <summary>Parses a time.</summary>
    /// <param name="text">The text; not empty.</param>
    /// <param name="nowMs">The current time, in Unix milliseconds.</param>
    /// <param name="milliseconds">The time, in Unix milliseconds, rounded up.</param>
    /// <param name="expected">The accepted forms, for an error message; empty if the text is valid.</param>
    public static bool TryParse(string text, long nowMs, out long milliseconds, out string expected)
    {
        expected = "";
        if (IsoTime.TryParse(text, out var time))
        {
            var (whole, rest) = Math.DivRem((time - DateTime.UnixEpoch).Ticks, TimeSpan.TicksPerMillisecond);
            milliseconds = rest > 0 ? whole + 1 : whole;
            return true;
        }

        var isNumber = decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number);
        milliseconds = isNumber && number is >= FirstMs and < EndMs ? (long)number : 0;
        if (milliseconds != 0 && !text.Contains('.', StringComparison.Ordinal)) return true;
        if (!isNumber && TryParseRelative(text, nowMs, out milliseconds)) return true;
        expected = Expected + (isNumber ? GetUnitHint(number) : "");
        return false;
    }

    private static string GetUnitHint(decimal number) => number switch
    {
        >= FirstMs / 1000 and < EndMs / 1000 => "; these look like seconds, multiply by 1000",
        >= FirstMs * 1000 and < EndMs * 1000 => "; these look like microseconds, divide by 1000",
        >= FirstMs * 1_000_000m and < EndMs * 1_000_000m => "; these look like nanoseconds, divide by 1000000",
        _ => "",
    };

    /// <summary>Parses <c>now</c> and any number of offsets, each with a sign, digits and a unit. <c>now</c> is optional before an offset.</summary>
    private static bool TryParseRelative(ReadOnlySpan<char> text, long nowMs, out long milliseconds)
    {
        milliseconds = nowMs;
        var isNow = text.StartsWith(Now, StringComparison.OrdinalIgnoreCase);
        if (isNow) text = text[Now.Length..];
        if (text.IsEmpty) return isNow;
        while (!text.IsEmpty)
        {
            if (!TryParseOffset(ref text, out var offset)) return false;
            milliseconds += offset;
            if (milliseconds is < LowestMs or > HighestMs) return false;
        }

        return true;
    }

    private static bool TryParseOffset(ref ReadOnlySpan<char> text, out long offset)
    {
        offset = 0;
        var sign = text[0] switch
        {
            '-' => -1,
            '+' or ' ' => 1, // a plus that the client did not encode is decoded as a space
            _ => 0,
        };
        var digits = text[1..].IndexOfAnyExceptInRange('0', '9');
        if (sign == 0 || digits is <= 0 or > MaxAmountDigits) return false;
        var amount = long.Parse(text.Slice(1, digits), NumberStyles.None, CultureInfo.InvariantCulture);
        text = text[(1 + digits)..];
        var next = text.IndexOfAny("+- ");
        var unit = GetUnitMs(next < 0 ? text : text[..next]);
        text = next < 0 ? [] : text[next..];
        offset = sign * amount * unit;
        return unit > 0;
    }

    private static long GetUnitMs(ReadOnlySpan<char> unit) => unit switch
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
