using FluentAssertions;
using HoodyLogs.AspNetCore.Capture.Logging;
using HoodyLogs.TestSupport;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using NUnit.Framework;

namespace HoodyLogs.AspNetCore.Tests.Capture.Logging;

/// <summary>The provider selects levels as the logger factory of the framework does.</summary>
public sealed class LevelFilterTests
{
    [Test]
    public void Each_set_of_rules_enables_the_same_levels_as_the_frameworks_factory()
    {
        string?[] providers = [null, null, "ProxyLogs", typeof(ProxyLogsLoggerProvider).FullName, "Console"];
        string?[] patterns = [null, "", "A", "A.B", "a.b", "A.*", "*.C", "A*C", "*", "A.B.C", "Default"];
        string[] categories = ["A", "A.B", "A.B.C", "AB", "Other", "B.C"];
        var random = new Random(5);
        for (var i = 0; i < 3_000; i++)
        {
            var options = new LoggerFilterOptions { MinLevel = (LogLevel)random.Next(7) };
            for (var rule = random.Next(6); rule > 0; rule--)
            {
                var least = (LogLevel)random.Next(7);
                options.Rules.Add(new LoggerFilterRule(
                    providers[random.Next(providers.Length)], patterns[random.Next(patterns.Length)],
                    random.Next(4) == 0 ? null : (LogLevel)random.Next(7), random.Next(4) == 0 ? (_, _, level) => level >= least : null));
            }

            foreach (var category in categories) Chosen(options, category).Should().Equal(FrameworksChoice(options, category));
        }
    }

    private static IEnumerable<LogLevel> Chosen(LoggerFilterOptions options, string category)
    {
        var filter = LevelFilter.Select(typeof(ProxyLogsLoggerProvider).FullName!, category, options);
        return Enum.GetValues<LogLevel>().Where(level => level != LogLevel.None && filter.IsEnabled(category, level));
    }

    private static List<LogLevel> FrameworksChoice(LoggerFilterOptions options, string category)
    {
        // The provider enables all levels here, so that only the factory filters.
        using var provider = new ProxyLogsLoggerProvider(new Fixed(new LoggerFilterOptions()));
        provider.Attach(new CollectingSink(), null!, TimeProvider.System, new LogsApiPaths(null));
        using var factory = new LoggerFactory([provider], new Fixed(options));
        var logger = factory.CreateLogger(category);
        return [.. Enum.GetValues<LogLevel>().Where(level => level != LogLevel.None && logger.IsEnabled(level))];
    }

    private sealed class Fixed(LoggerFilterOptions options) : IOptionsMonitor<LoggerFilterOptions>
    {
        public LoggerFilterOptions CurrentValue => options;

        public LoggerFilterOptions Get(string? name) => options;

        public IDisposable? OnChange(Action<LoggerFilterOptions, string?> listener) => null;
    }
}
