using System.Collections.Concurrent;
using HoodyLogs.Diagnostics;
using Microsoft.Extensions.Logging;

namespace HoodyLogs.AspNetCore.Capture.Diagnostics;

/// <summary>Counts failures of capture and of the delegates of the host, and logs the first failure of each operation. Does not throw.</summary>
internal sealed class CaptureFailures(LogMetrics metrics, ILogger logger)
{
    private readonly ConcurrentDictionary<string, bool> _logged = new();
    private long _count;

    public long Count => Interlocked.Read(ref _count);

    /// <summary>Counts a failure.</summary>
    /// <param name="exception">The exception.</param>
    /// <param name="operation">The operation that failed, as the subject of a sentence.</param>
    public void Report(Exception exception, string operation)
    {
        Interlocked.Increment(ref _count);
        metrics.CaptureFailed();
        if (!_logged.TryAdd(operation, true)) return;
        try
        {
            CaptureMessages.CaptureFailed(logger, exception, operation);
        }
#pragma warning disable CA1031 // a logger of the host may throw anything
        catch (Exception)
#pragma warning restore CA1031
        {
            // The failure is counted. A logger that fails cannot log it.
        }
    }
}
