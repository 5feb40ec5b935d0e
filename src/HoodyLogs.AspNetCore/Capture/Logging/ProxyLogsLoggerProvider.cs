using HoodyLogs.Writing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace HoodyLogs.AspNetCore.Capture.Logging;

/// <summary>Stores log records of the host as events. Deaf until the host starts, since the sink's own parts log while they are made.</summary>
[ProviderAlias("ProxyLogs")]
internal sealed class ProxyLogsLoggerProvider : ILoggerProvider
{
    private const string OwnCategories = "HoodyLogs";

    private volatile EventWriter? _writer;

    /// <summary>Where log records go; null until the host starts.</summary>
    public EventWriter? Writer => _writer;

    public void Attach(ILogSink sink, ExchangeRecorder recorder, TimeProvider time) => _writer = new EventWriter(sink, recorder, time);

    // What this library says of itself never comes back to it.
    public ILogger CreateLogger(string categoryName) =>
        categoryName == OwnCategories || categoryName.StartsWith(OwnCategories + ".", StringComparison.Ordinal)
            ? NullLogger.Instance
            : new EventLogger(this, categoryName);

    public void Dispose() => _writer = null;
}
