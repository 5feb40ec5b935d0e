using System.Buffers;
using System.Globalization;

namespace HoodyLogs.AspNetCore.Endpoints.Parameters;

/// <summary>Parses values of filter parameters.</summary>
internal static class FilterValues
{
    /// <summary>The accepted methods, for an error message.</summary>
    public const string ExpectedMethod = "HTTP methods, such as GET";

    /// <summary>The accepted statuses, for an error message.</summary>
    public const string ExpectedStatus = "codes (404), classes (5xx) and ranges (400-499) within 100 to 599";

    private const int MinStatus = 100;
    private const int MaxStatus = 599;

    private static readonly SearchValues<char> MethodCharacters =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    /// <summary>Parses any method that HTTP allows, since a host may serve its own, and converts it to upper case.</summary>
    public static bool TryParseMethod(ReadOnlySpan<char> text, out string method)
    {
        var isValid = !text.ContainsAnyExcept(MethodCharacters);
        method = isValid ? text.ToString().ToUpperInvariant() : "";
        return isValid;
    }

    /// <summary>Parses a code (404), a class (5xx) or a range (400-499) within 100 to 599.</summary>
    public static bool TryParseStatus(ReadOnlySpan<char> text, out StatusRange range)
    {
        if (text.Length == 3 && text[0] is >= '1' and <= '5' && text[1..].Equals("xx", StringComparison.OrdinalIgnoreCase))
        {
            var first = (text[0] - '0') * 100;
            range = new StatusRange(first, first + 99);
            return true;
        }

        range = default;
        var dash = text.IndexOf('-');
        if (!TryParseCode(dash < 0 ? text : text[..dash], out var from) || !TryParseCode(text[(dash + 1)..], out var to) || from > to) return false;
        range = new StatusRange(from, to);
        return true;
    }

    private static bool TryParseCode(ReadOnlySpan<char> text, out int code) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out code) && code is >= MinStatus and <= MaxStatus;
}
