using System.Globalization;

namespace HoodyLogs.AspNetCore.Endpoints;

/// <summary>
/// Reads ISO 8601 timestamps, extended or basic: a date, or date and time with a fraction of a second (seven digits count), with Z, an offset, or
/// neither (UTC).
/// </summary>
internal static class IsoTime
{
    private const int FractionDigits = 7;

    private static readonly string[] Formats =
    [
        "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd", "yyyyMMdd'T'HHmmss.FFFFFFFK", "yyyyMMdd'T'HHmmK", "yyyyMMdd",
    ];

    public static bool TryParse(string text, out DateTime utc)
    {
        // The plus of an offset arrives as a blank where the client did not encode it; a blank stands nowhere else in a timestamp.
        const int OffsetLength = 6;
        if (text.Length > OffsetLength && text[^OffsetLength] == ' ') text = $"{text[..^OffsetLength]}+{text[^(OffsetLength - 1)..]}";
        return DateTime.TryParseExact(
            WithShortFraction(text.ToUpperInvariant()), Formats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out utc);
    }

    private static string WithShortFraction(string text)
    {
        var point = text.IndexOfAny(['.', ',']);
        if (point < 0) return text;
        var end = point + 1;
        while (end < text.Length && char.IsAsciiDigit(text[end])) end++;
        return $"{text[..point]}.{text[(point + 1)..Math.Min(end, point + 1 + FractionDigits)]}{text[end..]}";
    }
}
