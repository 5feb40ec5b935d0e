using System.Globalization;

namespace HoodyLogs.Configuration;

/// <summary>What is wrong, in the order in which it was found, one sentence a key: what is unreadable is not also called out of range.</summary>
internal sealed class OptionsErrors
{
    private readonly List<(string Path, string Sentence)> _found;
    private readonly Dictionary<string, List<string>> _itemKeys;

    public OptionsErrors() => (_found, _itemKeys) = ([], []);

    public OptionsErrors(OptionsErrors others) => (_found, _itemKeys) = ([.. others._found], others._itemKeys);

    public int Count => _found.Count;

    public IEnumerable<string> Sentences => _found.Select(error => error.Sentence);

    public void Add(string path, string sentence)
    {
        if (!_found.Exists(error => IsWithin(path, error.Path))) _found.Add((path, sentence));
    }

    /// <summary>Notes under which keys the items of a list were configured: these need not begin at 0, nor be without gaps.</summary>
    public void NameItems(string list, List<string> keys) => _itemKeys[list] = keys;

    /// <summary>The key of an item as it was configured; its position where code has made the list.</summary>
    public string ItemKey(string list, int position, int count) =>
        _itemKeys.TryGetValue(list, out var keys) && keys.Count == count ? keys[position] : position.ToString(CultureInfo.InvariantCulture);

    private static bool IsWithin(string path, string other) =>
        path.StartsWith(other, StringComparison.OrdinalIgnoreCase) && (path.Length == other.Length || path[other.Length] == ':');
}
