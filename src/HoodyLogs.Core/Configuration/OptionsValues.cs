using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace HoodyLogs.Configuration;

/// <summary>Collects the values of all options by their path, so that a reload can say what it changed.</summary>
internal sealed class OptionsValues : OptionsPass
{
    private readonly Dictionary<string, string?> _values;

    private OptionsValues(string path, OptionsErrors errors, Dictionary<string, string?> values)
        : base(path, errors) => _values = values;

    /// <summary>The values of valid options.</summary>
    public static IReadOnlyDictionary<string, string?> Of(ProxyLogsCoreOptions options)
    {
        var values = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        options.Walk(new OptionsValues(ProxyLogsCoreOptions.Section, new OptionsErrors(), values));
        return values;
    }

    public override long Number(string key, long current, long min, long max, bool orZero = false) => Note(key, current);

    public override TimeSpan Time(string key, TimeSpan current, TimeSpan min, TimeSpan max) => Note(key, current);

    public override bool Switch(string key, bool current) => Note(key, current);

    public override bool Switch(string key, bool current, string alsoOn) => Note(key, current);

    public override T Choice<T>(string key, T current) => Note(key, current);

    public override string Text(string key, string current, string allowed, Predicate<string> isAllowed) => Note(key, current);

    public override string? OptionalText(string key, string? current, string allowed, Predicate<string> isAllowed) => Note(key, current);

    /// <summary>Keeps the hash alone: these values outlive a token that a reload removes.</summary>
    public override string Secret(string key, string current, int minLength, int maxLength)
    {
        Note(key, Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(current))));
        return current;
    }

    public override IList<T> List<T>(string key, IList<T> current, Func<T> seed, Func<OptionsPass, string, T, T> item, bool adds = false)
    {
        var items = new OptionsValues(PathOf(key), Errors, _values);
        for (var index = 0; index < current.Count; index++) item(items, index.ToString(CultureInfo.InvariantCulture), current[index]);
        return current;
    }

    public override void Section<T>(string key, T options, Action<OptionsPass, T> walk) => walk(new OptionsValues(PathOf(key), Errors, _values), options);

    public override void Rule(bool holds, string key, string otherwise)
    {
    }

    private T Note<T>(string key, T value)
    {
        _values[PathOf(key)] = Convert.ToString(value, CultureInfo.InvariantCulture);
        return value;
    }
}
