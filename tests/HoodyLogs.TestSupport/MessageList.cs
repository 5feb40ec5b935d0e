using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace HoodyLogs.TestSupport;

/// <summary>Collects log messages of every category and level.</summary>
public sealed class MessageList : ILoggerProvider, ILogger
{
    private readonly ConcurrentQueue<(LogLevel Level, string Text)> _messages = new();

    public IReadOnlyCollection<(LogLevel Level, string Text)> Messages => _messages;

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        ArgumentNullException.ThrowIfNull(formatter);
        _messages.Enqueue((logLevel, formatter(state, exception)));
    }

    public void Dispose()
    {
    }
}
