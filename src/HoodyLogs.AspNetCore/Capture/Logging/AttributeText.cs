using System.Globalization;

namespace HoodyLogs.AspNetCore.Capture.Logging;

/// <summary>Formats the values of log records.</summary>
internal static class AttributeText
{
    /// <summary>Returns a value as invariant text. Dates and times are in the round-trip format; null is an empty text.</summary>
    public static string Format(object? value) => value switch
    {
        DateTime or DateTimeOffset or DateOnly or TimeOnly => ((IFormattable)value).ToString("O", CultureInfo.InvariantCulture),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
    };
}
