using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace HoodyLogs.AspNetCore.Endpoints.Parameters;

/// <summary>Parses one value of a parameter.</summary>
internal delegate bool TryParse<T>(ReadOnlySpan<char> text, out T value);

/// <summary>
/// Reads query parameters and keeps the first error. An empty value counts as absent. After an error, the returned values are meaningless.
/// </summary>
/// <param name="query">The query string.</param>
/// <param name="nowMs">The time that <c>now</c> and relative times refer to, in Unix milliseconds.</param>
internal sealed class QueryParameters(IQueryCollection query, long nowMs)
{
    private const int MaxShownLength = 100;
    private const int MaxListLength = 200;

    private readonly SortedDictionary<string, string[]> _values = new(StringComparer.Ordinal);

    /// <summary>The message for a 400; null while there is no error.</summary>
    public string? Error { get; private set; }

    /// <summary>The name of the parameter that <see cref="Error"/> is about.</summary>
    public string? InvalidParameter { get; private set; }

    /// <summary>The names in the query string.</summary>
    public IEnumerable<string> Names => query.Keys;

    /// <summary>
    /// The values that were read so far, by parameter, in one spelling: two queries with the same meaning have the same values. A parameter that was
    /// never read cannot change the answer.
    /// </summary>
    public IReadOnlyDictionary<string, string[]> Values => _values;

    /// <summary>Returns whether a parameter has a value that is not empty.</summary>
    public bool Has(string name) => query[name].Any(static value => !string.IsNullOrEmpty(value));

    /// <summary>Returns the text of a parameter that may occur once; null if it is absent or longer than <paramref name="maxLength"/>.</summary>
    public string? GetText(string name, int maxLength = int.MaxValue)
    {
        if (GetSingle(name) is not { } text) return null;
        if (text.Length <= maxLength)
        {
            Record(name, text);
            return text;
        }

        SetError(name, $"has {text.Length} characters; it takes at most {maxLength}");
        return null;
    }

    /// <summary>Returns an integer, which must consist of decimal digits and be within the range; null if it is absent.</summary>
    public long? GetInteger(string name, long min, long max)
    {
        if (GetSingle(name) is not { } text) return null;
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= min && value <= max) return Record(name, value);
        AddInvalid(name, text, max == long.MaxValue ? $"an integer, {min} or more" : $"an integer from {min} to {max}");
        return null;
    }

    /// <summary>Returns whether a parameter is <c>true</c>, ignoring case; false if it is absent.</summary>
    public bool GetBoolean(string name)
    {
        if (GetSingle(name) is not { } text) return false;
        if (text.Equals("true", StringComparison.OrdinalIgnoreCase)) return Record(name, true);
        if (!text.Equals("false", StringComparison.OrdinalIgnoreCase)) AddInvalid(name, text, "true or false");
        return false;
    }

    /// <summary>Returns a time in Unix milliseconds, in any form that <see cref="TimeValue"/> accepts; null if it is absent.</summary>
    public long? GetTime(string name)
    {
        if (GetSingle(name) is not { } text) return null;
        if (TimeValue.TryParse(text, nowMs, out var milliseconds, out var expected)) return Record(name, milliseconds);
        AddInvalid(name, text, expected);
        return null;
    }

    /// <summary>Returns an ISO 8601 timestamp in Unix microseconds, rounded down; null if it is absent.</summary>
    public long? GetTimestamp(string name)
    {
        if (GetSingle(name) is not { } text) return null;
        if (IsoTime.TryParse(text, out var time)) return Record(name, (time - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond);
        AddInvalid(name, text, "an ISO 8601 timestamp, such as 2026-01-31T12:00:00Z");
        return null;
    }

    /// <summary>Returns all values of a parameter that accepts lists and may repeat. A list that is not empty must contain a value.</summary>
    public IReadOnlyList<string> GetList(string name)
    {
        var values = new List<string>();
        foreach (var list in query[name])
        {
            if (string.IsNullOrEmpty(list)) continue;
            var before = values.Count;
            if (ListValue.TryAdd(list, values) && values.Count > before) continue;
            AddInvalid(name, list, "values with commas between them; a value that holds a comma or a quote is written in double quotes, with \"\" for a quote");
            return [];
        }

        if (values.Count == 0) return values;
        if (values.Count <= MaxListLength)
        {
            RecordAll(name, values);
            return values;
        }

        SetError(name, $"has {values.Count} values; it takes at most {MaxListLength}");
        return [];
    }

    /// <summary>Returns the parsed values of a parameter that accepts lists and may repeat.</summary>
    /// <param name="name">The parameter.</param>
    /// <param name="tryParse">Parses one value.</param>
    /// <param name="expected">The accepted values, for an error message.</param>
    public IReadOnlyCollection<T> GetSet<T>(string name, TryParse<T> tryParse, string expected)
    {
        var values = new HashSet<T>();
        foreach (var text in GetList(name))
        {
            if (tryParse(text, out var value)) values.Add(value);
            else AddInvalid(name, text, expected);
        }

        if (values.Count > 0) RecordAll(name, values);
        return values;
    }

    /// <summary>Adds an error for a value that the parameter does not accept.</summary>
    /// <param name="name">The parameter.</param>
    /// <param name="value">Its value.</param>
    /// <param name="expected">The accepted values. The message continues with it after "it takes".</param>
    public void AddInvalid(string name, string value, string expected) => SetError(name, $"is '{Shorten(value)}'; it takes {expected}");

    /// <summary>Adds an error if a parameter has a value.</summary>
    /// <param name="name">The parameter.</param>
    /// <param name="where">The reads that do not accept it. The message continues with it after "it is not allowed".</param>
    public void RejectIfPresent(string name, string where)
    {
        if (Has(name)) SetError(name, $"is '{Shorten(query[name].ToString())}'; it is not allowed {where}");
    }

    /// <summary>Adds an error for an unknown parameter. The value is not shown, because it may be a secret.</summary>
    public void AddUnknown(string name, string suggestion)
    {
        if (Error is not null) return;
        InvalidParameter = Shorten(name);
        Error = $"Parameter '{InvalidParameter}' is not known here; {suggestion}";
    }

    private string? GetSingle(string name)
    {
        string? single = null;
        foreach (var value in query[name])
        {
            if (string.IsNullOrEmpty(value)) continue;
            if (single is not null)
            {
                SetError(name, "is given more than once; it takes a single value");
                return null;
            }

            single = value;
        }

        return single;
    }

    private T Record<T>(string name, T value)
    {
        RecordAll(name, [value]);
        return value;
    }

    private void RecordAll<T>(string name, IEnumerable<T> values)
    {
        var texts = values.Select(static value => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "");
        _values[name] = [.. texts.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
    }

    private static string Shorten(string text) => text.Length <= MaxShownLength ? text : text[..MaxShownLength] + "…";

    private void SetError(string name, string problem)
    {
        if (Error is not null) return;
        InvalidParameter = name;
        Error = $"Parameter '{name}' {problem}.";
    }
}
