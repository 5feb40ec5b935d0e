using Microsoft.Extensions.Logging;

namespace HoodyLogs.Configuration;

/// <summary>Says in the log what a reload changed: options that are in force now, and options that wait for a restart.</summary>
internal sealed class ReloadReport(ProxyLogsCoreOptions atStart, ILogger logger)
{
    private readonly IReadOnlyDictionary<string, string?> _inForce = OptionsValues.Of(atStart);
    private IReadOnlyDictionary<string, string?> _last = OptionsValues.Of(atStart);

    /// <summary>Reports a reload that was taken. One that changed nothing is not reported: file watchers report one save more than once.</summary>
    public void Reloaded(ProxyLogsCoreOptions options)
    {
        var values = OptionsValues.Of(options);
        var changed = values.Keys.Union(_last.Keys, StringComparer.OrdinalIgnoreCase).Where(key => Differ(values, _last, key)).ToList();
        _last = values;
        var restartOnly = changed.ToLookup(key => options.RestartOnly.Any(option => IsWithin(key, option)));
        if (restartOnly[false].Any()) ConfigurationMessages.OptionsReloaded(logger);
        var waiting = restartOnly[true].Where(key => Differ(values, _inForce, key)).Order(StringComparer.Ordinal).ToList();
        if (waiting.Count > 0) ConfigurationMessages.RestartNeeded(logger, string.Join(", ", waiting));
    }

    private static bool Differ(IReadOnlyDictionary<string, string?> one, IReadOnlyDictionary<string, string?> other, string key) =>
        !string.Equals(one.GetValueOrDefault(key), other.GetValueOrDefault(key), StringComparison.Ordinal);

    private static bool IsWithin(string key, string option)
    {
        var path = $"{ProxyLogsCoreOptions.Section}:{option}";
        return key.StartsWith(path, StringComparison.OrdinalIgnoreCase) && (key.Length == path.Length || key[path.Length] == ':');
    }
}
