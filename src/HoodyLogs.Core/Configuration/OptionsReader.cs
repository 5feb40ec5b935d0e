using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace HoodyLogs.Configuration;

/// <summary>
/// Reads options from a section of the configuration. By hand, since the binder passes over misspelled keys, stops at the first value
/// that it cannot read, appends to lists, and reflects. A value that is not allowed leaves the option as it was.
/// </summary>
internal sealed class OptionsReader : OptionsPass
{
    private readonly IConfiguration? _root;
    private readonly Dictionary<string, IConfigurationSection> _given;
    private readonly List<string> _known = [];

    public OptionsReader(IConfiguration? root, IConfiguration section, string path, OptionsErrors errors)
        : base(path, errors)
    {
        _root = root;
        _given = section.GetChildren().ToDictionary(child => child.Key, StringComparer.OrdinalIgnoreCase);
    }

    public override long Number(string key, long current, long min, long max, bool orZero = false)
    {
        if (Value(key) is not { } value) return current;
        if (long.TryParse(value, NumberStyles.Integer, CultureInfo.InvariantCulture, out var number)
            && ((number >= min && number <= max) || (orZero && number == 0)))
        {
            return number;
        }

        Wrong(key, value, Range(min, max, orZero));
        return current;
    }

    /// <summary>Strictly, since a lenient reader makes 15 days of <c>15</c> and 24 days of <c>24:00:00</c>.</summary>
    public override TimeSpan Time(string key, TimeSpan current, TimeSpan min, TimeSpan max)
    {
        if (Value(key) is not { } value) return current;
        if (value.Contains(':', StringComparison.Ordinal) && TimeSpan.TryParseExact(value, "c", CultureInfo.InvariantCulture, out var time)
            && time >= min && time <= max)
        {
            return time;
        }

        Wrong(key, value, Range(min, max));
        return current;
    }

    public override bool Switch(string key, bool current) => Value(key) is { } value ? Boolean(PathOf(key), value, current) : current;

    public override bool Switch(string key, bool current, string alsoOn)
    {
        var also = _root?[alsoOn] ?? Environment.GetEnvironmentVariable(alsoOn);
        return Switch(key, current) | (!string.IsNullOrEmpty(also) && Boolean(alsoOn, also, false));
    }

    public override T Choice<T>(string key, T current)
    {
        if (Value(key) is not { } value) return current;
        var index = Array.FindIndex(Enum.GetNames<T>(), name => name.Equals(value, StringComparison.OrdinalIgnoreCase));
        if (index >= 0) return Enum.GetValues<T>()[index];
        Wrong(key, value, Names<T>());
        return current;
    }

    public override string Text(string key, string current, string allowed, Predicate<string> isAllowed)
    {
        if (Value(key) is not { } value) return current;
        if (isAllowed(value)) return value;
        Wrong(key, value, allowed);
        return current;
    }

    public override string? OptionalText(string key, string? current, string allowed, Predicate<string> isAllowed)
    {
        var value = Value(key);
        if (!_given.ContainsKey(key)) return current;
        if (string.IsNullOrEmpty(value)) return null;
        if (isAllowed(value)) return value;
        Wrong(key, value, allowed);
        return current;
    }

    public override string Secret(string key, string current, int minLength, int maxLength) => Value(key) ?? current;

    public override IList<T> List<T>(string key, IList<T> current, Func<T> seed, Func<OptionsPass, string, T, T> item, bool adds = false)
    {
        if (Nested(key, "a list: give its items as :0, :1 and so on") is not { } section) return current;
        var items = adds ? [.. current] : new List<T>();
        var keys = Enumerable.Range(0, items.Count).Select(position => position.ToString(CultureInfo.InvariantCulture)).ToList();
        var reader = new OptionsReader(_root, section, PathOf(key), Errors);
        foreach (var child in section.GetChildren())
        {
            if (!int.TryParse(child.Key, NumberStyles.None, CultureInfo.InvariantCulture, out _)) continue;
            var errorsBefore = Errors.Count;
            var read = item(reader, child.Key, seed());
            if (adds && (items.Contains(read) || Errors.Count > errorsBefore)) continue;
            items.Add(read);
            keys.Add(child.Key);
        }

        Errors.NameItems(PathOf(key), keys);
        reader.ReportUnknownKeys();
        return items;
    }

    public override void Section<T>(string key, T options, Action<OptionsPass, T> walk)
    {
        if (Nested(key, "a section with keys of its own") is not { } section) return;
        var reader = new OptionsReader(_root, section, PathOf(key), Errors);
        walk(reader, options);
        reader.ReportUnknownKeys();
    }

    public override void Rule(bool holds, string key, string otherwise)
    {
    }

    /// <summary>Called when all options of the section were walked over. A value is not shown: it may be a token under a misspelled key.</summary>
    public void ReportUnknownKeys()
    {
        foreach (var key in _given.Keys.Where(key => !_known.Contains(key, StringComparer.OrdinalIgnoreCase)))
        {
            Tell(key, $"is no option; {KeySuggester.Suggest(key, _known)}");
        }
    }

    /// <summary>The configured text; null where there is none, so that JSON's null keeps the default.</summary>
    private string? Value(string key)
    {
        _known.Add(key);
        if (!_given.TryGetValue(key, out var section)) return null;
        if (section.Value is null && section.GetChildren().Any()) Tell(key, "is a section; allowed is one value.");
        return section.Value;
    }

    /// <summary>The section under a key; null where there is none. A lone value in its place is not shown: it may be a token.</summary>
    private IConfigurationSection? Nested(string key, string allowed)
    {
        _known.Add(key);
        if (!_given.TryGetValue(key, out var section)) return null;
        if (string.IsNullOrEmpty(section.Value)) return section;
        Tell(key, $"is one value; allowed is {allowed}.");
        return null;
    }

    private bool Boolean(string path, string value, bool current)
    {
        if (bool.TryParse(value, out var read)) return read;
        Errors.Add(path, $"{path} is \"{value}\"; allowed is true or false.");
        return current;
    }
}
