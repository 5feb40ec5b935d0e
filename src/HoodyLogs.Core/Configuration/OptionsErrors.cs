using System.Globalization;

namespace HoodyLogs.Configuration;

/// <summary>Collects what is wrong with the options, at most one sentence for each key.</summary>
internal sealed class OptionsErrors
{
    private readonly List<(string Key, string Problem)> _found = [];
    private readonly List<string> _outside = [];
    private readonly Dictionary<string, List<string>> _itemKeys = new(StringComparer.OrdinalIgnoreCase);

    public OptionsErrors()
    {
    }

    public OptionsErrors(OptionsErrors others) => (_found, _outside, _itemKeys) = ([.. others._found], others._outside, others._itemKeys);

    public int Count => _found.Count + _outside.Count;

    /// <summary>Adds a problem, unless the key or its section has one already.</summary>
    /// <param name="key">The key, relative to the section of HoodyLogs.</param>
    /// <param name="problem">The rest of the sentence that begins with the key.</param>
    public void Add(string key, string problem)
    {
        if (!_found.Exists(error => IsWithin(key, error.Key))) _found.Add((key, problem));
    }

    /// <summary>Adds a sentence about a key that is not in the section of HoodyLogs.</summary>
    public void AddOutside(string sentence) => _outside.Add(sentence);

    /// <summary>Adds a line of a validator, which begins with a name such as <c>ProxyLogs.Access.Tokens[0].Token</c>.</summary>
    public void AddLine(string line)
    {
        var end = line.IndexOf(' ', StringComparison.Ordinal);
        var path = line[..end].Split('.', '[').Skip(1).Select(part => part.TrimEnd(']'));
        Add(path.Aggregate("", Combine), line[(end + 1)..]);
    }

    /// <summary>Remembers the configured keys of a list's items, because they need not be 0, 1 and so on.</summary>
    public void NameItems(string list, List<string> keys) => _itemKeys[list] = keys;

    /// <summary>Returns one sentence for each problem.</summary>
    /// <param name="section">The path of the section of HoodyLogs.</param>
    public IEnumerable<string> Sentences(string section) => _found.Select(error => $"{Combine(section, error.Key)} {error.Problem}").Concat(_outside);

    private static bool IsWithin(string key, string other) =>
        key.StartsWith(other, StringComparison.OrdinalIgnoreCase) && (key.Length == other.Length || other.Length == 0 || key[other.Length] == ':');

    private string Combine(string section, string part)
    {
        if (_itemKeys.TryGetValue(section, out var keys) && int.TryParse(part, CultureInfo.InvariantCulture, out var position) && position < keys.Count)
            part = keys[position];
        return section.Length == 0 ? part : part.Length == 0 ? section : $"{section}:{part}";
    }
}
