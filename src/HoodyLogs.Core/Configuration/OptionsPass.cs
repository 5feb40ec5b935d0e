using Microsoft.Extensions.Configuration;

namespace HoodyLogs.Configuration;

/// <summary>
/// One walk over the options. Each option is named once, with what it takes; the walk either reads it from configuration
/// (<see cref="OptionsReader"/>) or checks the value that it has in the end, whoever gave it (<see cref="OptionsChecker"/>).
/// </summary>
/// <remarks>Every method returns the value that the option has afterwards.</remarks>
/// <param name="path">The path of the section.</param>
/// <param name="errors">Takes what is wrong.</param>
internal abstract class OptionsPass(string path, OptionsErrors errors)
{
    private const int ShownCharacters = 100;

    /// <summary>A whole number. <paramref name="orZero"/> admits 0 beside the range, for «no limit».</summary>
    public abstract long Number(string key, long current, long min, long max, bool orZero = false);

    public int Number(string key, int current, int min, int max) => (int)Number(key, (long)current, min, max);

    public abstract TimeSpan Time(string key, TimeSpan current, TimeSpan min, TimeSpan max);

    public abstract bool Switch(string key, bool current);

    /// <summary>A switch that is also on where this key outside of the section says so.</summary>
    public abstract bool Switch(string key, bool current, string alsoOn);

    public abstract T Choice<T>(string key, T current)
        where T : struct, Enum;

    /// <summary>A text that meets <paramref name="isAllowed"/>, which <paramref name="allowed"/> puts into words.</summary>
    public abstract string Text(string key, string current, string allowed, Predicate<string> isAllowed);

    /// <summary>A text that may be null; where present it meets <paramref name="isAllowed"/>.</summary>
    public abstract string? OptionalText(string key, string? current, string allowed, Predicate<string> isAllowed);

    /// <summary>A text of which no message ever shows more than its length.</summary>
    public abstract string Secret(string key, string current, int minLength, int maxLength);

    /// <summary>A list. What is configured replaces the default, or adds to it.</summary>
    /// <param name="key">The key of the list.</param>
    /// <param name="current">The list so far.</param>
    /// <param name="seed">What an item is before it is read.</param>
    /// <param name="item">Walks over one item, under its index as key.</param>
    /// <param name="adds">Whether what is configured adds to the default.</param>
    public abstract IList<T> List<T>(string key, IList<T> current, Func<T> seed, Func<OptionsPass, string, T, T> item, bool adds = false);

    /// <summary>Options that belong together under a key of their own.</summary>
    public abstract void Section<T>(string key, T options, Action<OptionsPass, T> walk)
        where T : class;

    /// <summary>A rule about more than one value; only checked, not read.</summary>
    public abstract void Rule(bool holds, string key, string otherwise);

    /// <summary>The key of a list's item, as whoever configured it knows it.</summary>
    public string ItemKey(string list, int position, int count) => errors.ItemKey(PathOf(list), position, count);

    protected OptionsErrors Errors => errors;

    protected string PathOf(string key) => ConfigurationPath.Combine(path, key);

    protected void Wrong(string key, string? value, string allowed) => Tell(key, $"is {Quoted(value)}; allowed is {allowed}.");

    protected void Tell(string key, string problem) => errors.Add(PathOf(key), $"{PathOf(key)} {problem}");

    protected static string Range(long min, long max, bool orZero) =>
        (orZero && min != 0 ? "0 or " : "") + (max == long.MaxValue ? $"a whole number from {min}" : $"a whole number from {min} to {max}");

    protected static string Range(TimeSpan min, TimeSpan max) => $"a time from {min:c} to {max:c}, written [d.]hh:mm:ss[.fff]";

    protected static string Names<T>()
        where T : struct, Enum
    {
        var names = Enum.GetNames<T>();
        return $"{string.Join(", ", names[..^1])} or {names[^1]}";
    }

    private static string Quoted(string? value) =>
        value is null ? "null" : value.Length > ShownCharacters ? $"\"{value[..ShownCharacters]}…\"" : $"\"{value}\"";
}
