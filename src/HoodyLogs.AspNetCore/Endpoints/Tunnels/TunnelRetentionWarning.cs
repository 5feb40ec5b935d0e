using HoodyLogs.AspNetCore.Endpoints.Responses;
using HoodyLogs.Storage.Time;
using Microsoft.Extensions.Logging;

namespace HoodyLogs.AspNetCore.Endpoints.Tunnels;

/// <summary>
/// Logs one warning if retention has removed entries that the tunnel route should show. It checks while the route is used, at most once a minute.
/// </summary>
internal sealed class TunnelRetentionWarning(ILogStore store, TrustedClock clock, TimeProvider time, ILogger<TunnelRetentionWarning> logger)
{
    /// <summary>The maximum age of the entries that the tunnel route shows.</summary>
    public static readonly TimeSpan MaxAge = TimeSpan.FromHours(24);

    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private long _lastCheck;
    private long _firstVisibleId = -1;
    private bool _hasWarned;

    // After the clock was changed, the age of removed entries is unknown.
    private bool IsClockUncertain => !clock.IsTrusted || clock.SinceAccepted < MaxAge;

    /// <summary>Checks whether retention has removed entries that are younger than the limit of the tunnel route.</summary>
    /// <param name="notBeforeMs">The limit, in Unix milliseconds.</param>
    /// <param name="cancellationToken">Cancels the check.</param>
    public async ValueTask CheckAsync(long notBeforeMs, CancellationToken cancellationToken)
    {
        if (IsClockUncertain || !HasRetentionAdvanced()) return;
        long? oldest = null;
        await store.ReadAsync(
            LogScope.All, new LogQuery { Limit = 1, CountTotal = false }, (in LogEntryView entry) => oldest = entry.IngestedAtUs, cancellationToken)
            .ConfigureAwait(false);
        if (oldest / 1000 <= notBeforeMs) return;
        lock (_lock)
        {
            if (_hasWarned) return;
            _hasWarned = true;
        }

        EndpointMessages.TunnelRetentionTooShort(logger);
    }

    private bool HasRetentionAdvanced()
    {
        lock (_lock)
        {
            var first = store.FirstVisibleId;
            var isFirstCheck = _firstVisibleId < 0;
            if (_hasWarned || first == _firstVisibleId || (!isFirstCheck && time.GetElapsedTime(_lastCheck) < Interval)) return false;
            (_firstVisibleId, _lastCheck) = (first, time.GetTimestamp());

            // At the first check, only entries that this process stored are known to have been young when they were removed.
            return !isFirstCheck || first > store.LastIdBeforeStart + 1;
        }
    }
}
