namespace HoodyLogs.Configuration;

/// <summary>What is wrong, in the order in which it was found, one sentence a key: what is unreadable is not also called out of range.</summary>
internal sealed class OptionsErrors
{
    private readonly List<(string Path, string Sentence)> _found;

    public OptionsErrors() => _found = [];

    public OptionsErrors(OptionsErrors others) => _found = [.. others._found];

    public int Count => _found.Count;

    public IEnumerable<string> Sentences => _found.Select(error => error.Sentence);

    public void Add(string path, string sentence)
    {
        if (!_found.Exists(error => IsWithin(path, error.Path))) _found.Add((path, sentence));
    }

    private static bool IsWithin(string path, string other) =>
        path.StartsWith(other, StringComparison.OrdinalIgnoreCase) && (path.Length == other.Length || path[other.Length] == ':');
}
