using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace HoodyLogs.AspNetCore.Endpoints.Parameters;

/// <summary>
/// Reads query parameters by the rules of decision L7 and keeps the first fault: which parameter, what it got, what it takes. An empty value
/// counts as absent. After a fault the values read mean nothing.
/// </summary>
/// <param name="query">The query string.</param>
/// <param name="nowMs">What <c>now</c> and relative times mean, Unix milliseconds.</param>
internal sealed class QueryParameters(IQueryCollection query, long nowMs)
{
    private const int ShownLength = 100;
    private const int MaxValues = 200;

    /// <summary>The message for a 400; null while all is well.</summary>
    public string? Fault { get; private set; }

    /// <summary>The parameter that <see cref="Fault"/> is about.</summary>
    public string? FaultyParameter { get; private set; }

    /// <summary>Notes the first parameter that the route does not take. Its value is not repeated: it may be a secret.</summary>
    public void RefuseUnknown(RouteParameters route)
    {
        if (Fault is not null || query.Keys.FirstOrDefault(name => !route.Accepts(name)) is not { } unknown) return;
        FaultyParameter = Shorten(unknown);
        Fault = $"Parameter '{FaultyParameter}' is not known here; {route.Suggest(unknown)}";
    }

    /// <summary>A parameter that may be given once; null where absent.</summary>
    public string? Single(string name)
    {
        string? only = null;
        foreach (var value in query[name])
        {
            if (string.IsNullOrEmpty(value)) continue;
            if (only is not null)
            {
                Note(name, "given more than once; it takes a single value");
                return null;
            }

            only = value;
        }

        return only;
    }

    /// <summary>A text of limited length that may be given once; null where absent.</summary>
    public string? Text(string name, int maxLength)
    {
        if (Single(name) is not { } text) return null;
        if (text.Length <= maxLength) return text;
        Note(name, $"of {text.Length} characters; it takes at most {maxLength}");
        return null;
    }

    /// <summary>Decimal digits alone, within the range.</summary>
    public long? Integer(string name, long min, long max)
    {
        if (Single(name) is not { } text) return null;
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= min && value <= max) return value;
        Refuse(name, text, max == long.MaxValue ? $"an integer, {min} or more" : $"an integer from {min} to {max}");
        return null;
    }

    /// <summary><c>true</c> or <c>false</c>, ignoring case; false where absent.</summary>
    public bool Boolean(string name)
    {
        if (Single(name) is not { } text) return false;
        if (text.Equals("true", StringComparison.OrdinalIgnoreCase)) return true;
        if (!text.Equals("false", StringComparison.OrdinalIgnoreCase)) Refuse(name, text, "true or false");
        return false;
    }

    /// <summary>A time as Unix milliseconds, in any form that <see cref="TimeValue"/> reads.</summary>
    public long? Milliseconds(string name)
    {
        if (Single(name) is not { } text) return null;
        if (TimeValue.TryRead(text, nowMs, out var milliseconds, out var takes)) return milliseconds;
        Refuse(name, text, takes);
        return null;
    }

    /// <summary>An ISO 8601 timestamp as Unix microseconds, rounded down.</summary>
    public long? Timestamp(string name)
    {
        if (Single(name) is not { } text) return null;
        if (IsoTime.TryParse(text, out var time)) return (time - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
        Refuse(name, text, "an ISO 8601 timestamp, such as 2026-01-31T12:00:00Z");
        return null;
    }

    /// <summary>All values of a parameter that takes lists and may repeat. A list that is not empty holds a value at least.</summary>
    public List<string> List(string name)
    {
        var values = new List<string>();
        foreach (var list in query[name])
        {
            if (string.IsNullOrEmpty(list)) continue;
            var before = values.Count;
            if (ListValue.TryAdd(list, values) && values.Count > before) continue;
            Refuse(name, list, "values with commas between them; a value that holds a comma or a quote is written in double quotes, with \"\" for a quote");
            return [];
        }

        if (values.Count <= MaxValues) return values;
        Note(name, $"a list of {values.Count} values; it takes at most {MaxValues}");
        return [];
    }

    /// <summary>Whether a parameter has a value at all.</summary>
    public bool Has(string name) => query[name].Any(value => !string.IsNullOrEmpty(value));

    /// <summary>Notes that a parameter got what it does not take.</summary>
    /// <param name="name">The parameter.</param>
    /// <param name="got">Its value.</param>
    /// <param name="takes">What would be right, to stand after «it takes».</param>
    public void Refuse(string name, string got, string takes)
    {
        Note(name, $"'{Shorten(got)}'; it takes {takes}");
    }

    /// <summary>Notes that a parameter does not belong here.</summary>
    /// <param name="name">The parameter.</param>
    /// <param name="why">Where it does not belong, to stand after «is not taken».</param>
    public void RefusePresent(string name, string why)
    {
        if (Has(name)) Note(name, $"'{Shorten(query[name].ToString())}'; it is not taken {why}");
    }

    private static string Shorten(string got) => got.Length <= ShownLength ? got : got[..ShownLength] + "…";

    private void Note(string name, string what)
    {
        if (Fault is not null) return;
        FaultyParameter = name;
        Fault = $"Parameter '{name}' is {what}.";
    }
}
