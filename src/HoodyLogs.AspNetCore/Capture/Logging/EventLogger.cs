using Microsoft.Extensions.Logging;

namespace HoodyLogs.AspNetCore.Capture.Logging;

/// <summary>The logger of one category.</summary>
internal sealed class EventLogger(LoggerState shared, string category) : ILogger
{
    // A host's delegate that is asked for the scope of a log record may log, and would be asked again.
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
#pragma warning disable CA1031 // whatever a host's values throw when they are written, who logs them is not harmed
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
            var chosen = _selected;
            if (chosen is null || !ReferenceEquals(chosen.From, levels)) _selected = chosen = new SelectedFilter(levels, LevelFilter.Select(shared.ProviderName, category, levels));
            return chosen.Filter.IsEnabled(category, level);
        }
#pragma warning disable CA1031 // a host's filter may throw anything, who logs is not harmed
        catch (Exception failure)
#pragma warning restore CA1031
        {
            writer.ReportFailure(failure);
            return false;
        }
    }

    private sealed record SelectedFilter(LoggerFilterOptions From, LevelFilter Filter);
}
