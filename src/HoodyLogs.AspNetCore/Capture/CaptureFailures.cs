using System.Collections.Concurrent;
using HoodyLogs.Diagnostics;
using Microsoft.Extensions.Logging;

namespace HoodyLogs.AspNetCore.Capture;

/// <summary>Failures of capture itself and of the delegates that a host gave it: counted always, told once each. Never throws.</summary>
internal sealed class CaptureFailures(LogMetrics metrics, ILogger logger)
{
    private readonly ConcurrentDictionary<string, bool> _told = new();
    private long _count;

    public long Count => Interlocked.Read(ref _count);

    public void Note(Exception exception, string what)
    {
        Interlocked.Increment(ref _count);
        metrics.CaptureFailed();
        if (!_told.TryAdd(what, true)) return;
        try
        {
            CaptureMessages.CaptureFailed(logger, exception, what);
        }
#pragma warning disable CA1031 // a logger of the host may throw anything
        catch (Exception)
#pragma warning restore CA1031
        {
            // The failure is counted; a log that fails cannot say more.
        }
    }
}
