using Microsoft.Extensions.Logging;

namespace HoodyLogs.AspNetCore.Capture.Logging;

/// <summary>
/// What the host's configuration says of one category for this provider, chosen as the logger factory of the framework chooses it: a rule for the provider
/// beats a rule for all providers, then the longest category wins, then the last rule. The provider applies it itself, because other factories do not.
/// </summary>
/// <param name="Provider">The full name of the provider type.</param>
/// <param name="Minimum">The least level; null for any.</param>
/// <param name="Filter">A delegate of the host that decides beside it; null for none.</param>
internal sealed record LevelFilter(string Provider, LogLevel? Minimum, Func<string?, string?, LogLevel, bool>? Filter)
{
    /// <summary>The alias of the provider, by which configuration names it.</summary>
    public const string Alias = "ProxyLogs";

    private const char Wildcard = '*';

    /// <summary>Chooses the rule for a category.</summary>
    public static LevelFilter Select(string provider, string category, LoggerFilterOptions options)
    {
        LoggerFilterRule? best = null;
        foreach (var rule in options.Rules)
        {
            if (Matches(rule, provider, category) && !IsLessSpecific(rule, best)) best = rule;
        }

        return best is null ? new LevelFilter(provider, options.MinLevel, null) : new LevelFilter(provider, best.LogLevel, best.Filter);
    }

    /// <summary>Whether a record is wanted. May throw what the host's delegate throws.</summary>
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
