using Microsoft.Extensions.Logging;

namespace HoodyLogs.AspNetCore.Capture.Logging;

/// <summary>Stores the log records of one category as events.</summary>
internal sealed class EventLogger(LoggerState shared, string category) : ILogger
{
    // The host's delegate that returns a scope may log. Its log records are ignored, to avoid recursion.
    [ThreadStatic]
    private static bool _isWriting;

    private volatile SelectedFilter? _selected;

    public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None && !_isWriting && shared.Writer is { } writer && IsLevelEnabled(logLevel, writer);

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (!IsEnabled(logLevel) || shared.Writer is not { } writer) return;
        _isWriting = true;
        try
        {
            writer.Write(
                category, logLevel, eventId, state as IEnumerable<KeyValuePair<string, object?>>, () => formatter(state, exception), exception);
        }
#pragma warning disable CA1031 // a host's values may throw anything, and logging must not fail
        catch (Exception failure)
#pragma warning restore CA1031
        {
            writer.ReportFailure(failure);
        }
        finally
        {
            _isWriting = false;
        }
    }

    private bool IsLevelEnabled(LogLevel level, EventWriter writer)
    {
        try
        {
            var levels = shared.Rules;
            var selected = _selected;
            if (selected is null || !ReferenceEquals(selected.From, levels)) _selected = selected = new SelectedFilter(levels, LevelFilter.Select(shared.ProviderName, category, levels));
            return selected.Filter.IsEnabled(category, level);
        }
#pragma warning disable CA1031 // a host's filter may throw anything, and logging must not fail
        catch (Exception failure)
#pragma warning restore CA1031
        {
            writer.ReportFailure(failure);
            return false;
        }
    }

    private sealed record SelectedFilter(LoggerFilterOptions From, LevelFilter Filter);
}
