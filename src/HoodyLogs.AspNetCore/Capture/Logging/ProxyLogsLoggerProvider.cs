using HoodyLogs.AspNetCore.Capture.Recording;
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
    private const string OwnCategory = "HoodyLogs";

    private readonly LoggerState _state;
    private readonly IDisposable? _reload;

    public ProxyLogsLoggerProvider(IOptionsMonitor<LoggerFilterOptions> rules)
    {
        _state = new LoggerState(typeof(ProxyLogsLoggerProvider).FullName!, rules.CurrentValue);
        _reload = rules.OnChange(changed => _state.Rules = changed);
    }

    /// <summary>Starts to store log records.</summary>
    public void Attach(ILogSink sink, ExchangeRecorder recorder, TimeProvider time, LogsApiPaths paths) =>
        _state.Writer = new EventWriter(sink, recorder, time, paths);

    // Storing the library's own log records would make it log again.
    public ILogger CreateLogger(string categoryName) =>
        categoryName == OwnCategory || categoryName.StartsWith(OwnCategory + ".", StringComparison.Ordinal)
            ? NullLogger.Instance
            : new EventLogger(_state, categoryName);

    public void Dispose()
    {
        _state.Writer = null;
        _reload?.Dispose();
    }
}
