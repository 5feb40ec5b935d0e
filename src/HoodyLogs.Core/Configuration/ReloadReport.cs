using Microsoft.Extensions.Logging;

namespace HoodyLogs.Configuration;

/// <summary>Logs the effect of a reload: whether options changed, and which of them need a restart.</summary>
internal sealed class ReloadReport(OptionsSchema schema, string section, ProxyLogsCoreOptions atStart, ILogger logger)
{
    private readonly Dictionary<string, OptionValue> _inForce = Read(schema, atStart);
    private Dictionary<string, OptionValue> _last = Read(schema, atStart);

    /// <summary>Reports a valid reload. A reload without changes is not reported, because file watchers report one save more than once.</summary>
    public void Reloaded(ProxyLogsCoreOptions options)
    {
        var values = Read(schema, options);
        var changed = values.Concat(_last).DistinctBy(pair => pair.Key, StringComparer.OrdinalIgnoreCase)
            .Where(pair => Differ(values, _last, pair.Key)).ToLookup(pair => pair.Value.IsRestartOnly, pair => pair.Key);
        _last = values;
        if (changed[false].Any()) ConfigurationMessages.OptionsReloaded(logger);
        var waiting = changed[true].Where(key => Differ(values, _inForce, key)).Select(key => $"{section}:{key}").Order(StringComparer.Ordinal).ToList();
        if (waiting.Count > 0) ConfigurationMessages.RestartNeeded(logger, string.Join(", ", waiting));
    }

    private static Dictionary<string, OptionValue> Read(OptionsSchema schema, ProxyLogsCoreOptions options) =>
        schema.ValuesOf(options).ToDictionary(value => value.Key, StringComparer.OrdinalIgnoreCase);

    private static bool Differ(Dictionary<string, OptionValue> one, Dictionary<string, OptionValue> other, string key) =>
        one.GetValueOrDefault(key)?.Value != other.GetValueOrDefault(key)?.Value;
}
