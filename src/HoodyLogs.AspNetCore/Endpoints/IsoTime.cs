using System.Globalization;

namespace HoodyLogs.AspNetCore.Endpoints;

/// <summary>Reads ISO 8601 timestamps: a date, or date and time with up to seven fractional digits, with Z, an offset, or neither (UTC).</summary>
internal static class IsoTime
{
    private static readonly string[] Formats =
    [
        "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd",
    ];

    public static bool TryParse(string text, out DateTime utc)
    {
        // The plus of an offset arrives as a blank where the client did not encode it; a blank stands nowhere else in a timestamp.
        const int OffsetLength = 6;
        if (text.Length > OffsetLength && text[^OffsetLength] == ' ') text = $"{text[..^OffsetLength]}+{text[^(OffsetLength - 1)..]}";
        return DateTime.TryParseExact(
            text, Formats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out utc);
    }
}
