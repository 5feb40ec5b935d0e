namespace HoodyLogs.Configuration;

/// <summary>Checks the values that the options have once configuration and code had their say.</summary>
/// <param name="path">The path of the section.</param>
/// <param name="errors">Takes what is wrong.</param>
internal sealed class OptionsChecker(string path, OptionsErrors errors) : OptionsPass(path, errors)
{
    public override long Number(string key, long current, long min, long max, bool orZero = false)
    {
        if ((current < min || current > max) && !(orZero && current == 0))
            Tell(key, $"is {current}; allowed is {Range(min, max, orZero)}.");
        return current;
    }

    public override TimeSpan Time(string key, TimeSpan current, TimeSpan min, TimeSpan max)
    {
        if (current < min || current > max) Tell(key, $"is {current:c}; allowed is {Range(min, max)}.");
        return current;
    }

    public override bool Switch(string key, bool current) => current;

    public override bool Switch(string key, bool current, string alsoOn) => current;

    public override T Choice<T>(string key, T current)
    {
        if (!Enum.IsDefined(current)) Wrong(key, current.ToString(), Names<T>());
        return current;
    }

    public override string Text(string key, string current, string allowed, Predicate<string> isAllowed)
    {
        if (current is null || !isAllowed(current)) Wrong(key, current, allowed);
        return current!;
    }

    public override string? OptionalText(string key, string? current, string allowed, Predicate<string> isAllowed)
    {
        if (current is not null && !isAllowed(current)) Wrong(key, current, allowed);
        return current;
    }

    public override string Secret(string key, string current, int minLength, int maxLength)
    {
        var length = current?.Length ?? 0;
        if (length < minLength || length > maxLength)
            Tell(key, $"has {length} characters (not shown here); allowed are {minLength} to {maxLength}.");
        return current!;
    }

    public override IList<T> List<T>(string key, IList<T> current, Func<T> seed, Func<OptionsPass, string, T, T> item, bool adds = false)
    {
        if (current is null)
        {
            Tell(key, "is null; allowed is a list, if need be an empty one.");
            return current!;
        }

        var items = new OptionsChecker(PathOf(key), Errors);
        for (var index = 0; index < current.Count; index++) item(items, ItemKey(key, index, current.Count), current[index]);
        return current;
    }

    public override void Section<T>(string key, T options, Action<OptionsPass, T> walk)
    {
        if (options is null) Tell(key, "is null; leave it as it is to have the defaults.");
        else walk(new OptionsChecker(PathOf(key), Errors), options);
    }

    public override void Rule(bool holds, string key, string otherwise)
    {
        if (!holds) Tell(key, $"{otherwise}.");
    }
}
