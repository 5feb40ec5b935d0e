using Microsoft.Extensions.Logging;

namespace HoodyLogs.AspNetCore.Capture.Logging;

/// <summary>
/// The filter rule of the host's configuration for one category. Chooses the rule as the logger factory of the framework does: a rule for this provider wins
/// over a rule for all providers, then the longest category wins, then the last rule. The provider filters itself, because other logger factories do not.
/// </summary>
/// <param name="Provider">The full name of the provider type.</param>
/// <param name="Minimum">The minimum level; null for any level.</param>
/// <param name="Filter">An additional filter of the host; null for none.</param>
internal sealed record LevelFilter(string Provider, LogLevel? Minimum, Func<string?, string?, LogLevel, bool>? Filter)
{
    /// <summary>The alias of the provider in configuration.</summary>
    public const string Alias = "ProxyLogs";

    private const char Wildcard = '*';

    /// <summary>Selects the rule for a category.</summary>
    public static LevelFilter Select(string provider, string category, LoggerFilterOptions options)
    {
        LoggerFilterRule? best = null;
        foreach (var rule in options.Rules)
        {
            if (Matches(rule, provider, category) && !IsLessSpecific(rule, best)) best = rule;
        }

        return best is null ? new LevelFilter(provider, options.MinLevel, null) : new LevelFilter(provider, best.LogLevel, best.Filter);
    }

    /// <summary>Returns whether a level is enabled. Throws what the host's filter throws.</summary>
    public bool IsEnabled(string category, LogLevel level) => !(level < Minimum) && (Filter is null || Filter(Provider, category, level));

    private static bool Matches(LoggerFilterRule rule, string provider, string category)
    {
        if (rule.ProviderName is { } name && name != provider && name != Alias) return false;
        if (rule.CategoryName is not { } pattern) return true;
        var wildcard = pattern.IndexOf(Wildcard, StringComparison.Ordinal);
        var (start, end) = wildcard < 0 ? (pattern, "") : (pattern[..wildcard], pattern[(wildcard + 1)..]);
        return category.StartsWith(start, StringComparison.OrdinalIgnoreCase) && category.EndsWith(end, StringComparison.OrdinalIgnoreCase);
    }

    private static bool IsLessSpecific(LoggerFilterRule rule, LoggerFilterRule? best)
    {
        if (best is null) return false;
        if (best.ProviderName is null != rule.ProviderName is null) return rule.ProviderName is null;
        return (rule.CategoryName?.Length ?? -1) < (best.CategoryName?.Length ?? -1);
    }
}
