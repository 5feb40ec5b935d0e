using HoodyLogs.AspNetCore.Capture.Exchanges;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace HoodyLogs.AspNetCore.Capture.Logging;

/// <summary>
/// Stores log records of the host as events, at the levels that its configuration gives to this provider. Ignores records until the host has started,
/// because the parts of the sink log while they are created.
/// </summary>
[ProviderAlias(LevelFilter.Alias)]
internal sealed class ProxyLogsLoggerProvider : ILoggerProvider
{
    private const string OwnCategories = "HoodyLogs";

    private readonly IDisposable? _reload;
    private volatile LoggerFilterOptions _levels;
    private volatile EventWriter? _writer;

    public ProxyLogsLoggerProvider(IOptionsMonitor<LoggerFilterOptions> levels)
    {
        _levels = levels.CurrentValue;
        _reload = levels.OnChange(changed => _levels = changed);
    }

    /// <summary>Where log records go; null until the host starts.</summary>
    public EventWriter? Writer => _writer;

    /// <summary>The rules in force; another object after each reload.</summary>
    public LoggerFilterOptions Levels => _levels;

    public void Attach(ILogSink sink, ExchangeRecorder recorder, TimeProvider time, LogsApiPaths paths) =>
        _writer = new EventWriter(sink, recorder, time, paths);

    // What this library says of itself never comes back to it.
    public ILogger CreateLogger(string categoryName) =>
        categoryName == OwnCategories || categoryName.StartsWith(OwnCategories + ".", StringComparison.Ordinal)
            ? NullLogger.Instance
            : new EventLogger(this, categoryName);

    public void Dispose()
    {
        _writer = null;
        _reload?.Dispose();
    }
}
