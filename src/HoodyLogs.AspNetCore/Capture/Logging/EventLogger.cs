using Microsoft.Extensions.Logging;

namespace HoodyLogs.AspNetCore.Capture.Logging;

/// <summary>The logger of one category.</summary>
internal sealed class EventLogger(ProxyLogsLoggerProvider provider, string category) : ILogger
{
    // A host's delegate that is asked for the scope of a log record may log, and would be asked again.
    [ThreadStatic]
    private static bool _isWriting;

    public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None && provider.Writer is not null && !_isWriting;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (!IsEnabled(logLevel) || provider.Writer is not { } writer) return;
        _isWriting = true;
        try
        {
            writer.Write(category, logLevel, eventId, formatter(state, exception), exception);
        }
        finally
        {
            _isWriting = false;
        }
    }
}
