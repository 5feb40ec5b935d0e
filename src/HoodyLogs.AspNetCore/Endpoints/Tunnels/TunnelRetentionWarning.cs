using HoodyLogs.Storage.Time;
using Microsoft.Extensions.Logging;

namespace HoodyLogs.AspNetCore.Endpoints.Tunnels;

/// <summary>Says once that retention keeps less than the tunnel route promises (decision U7). Looks at most once a minute, while the route is used.</summary>
internal sealed class TunnelRetentionWarning(ILogStore store, TrustedClock clock, TimeProvider time, ILogger<TunnelRetentionWarning> logger)
{
    /// <summary>What the tunnel route shows, by age.</summary>
    public static readonly TimeSpan Age = TimeSpan.FromHours(24);

    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private long _lastLook;
    private long _firstVisibleId = -1;
    private bool _isTold;

    /// <summary>Looks whether retention has moved, and whether it took what is younger than the horizon.</summary>
    /// <param name="notBeforeMs">The horizon, Unix milliseconds.</param>
    /// <param name="cancellationToken">Ends the look.</param>
    public async ValueTask WatchAsync(long notBeforeMs, CancellationToken cancellationToken)
    {
        if (IsClockInDoubt || !HasMoved()) return;
        long? oldest = null;
        await store.ReadAsync(
            LogScope.All, new LogQuery { Limit = 1, CountTotal = false }, (in LogEntryView entry) => oldest = entry.IngestedAtUs, cancellationToken)
            .ConfigureAwait(false);
        if (oldest / 1000 <= notBeforeMs) return;
        lock (_lock)
        {
            if (_isTold) return;
            _isTold = true;
        }

        EndpointMessages.TunnelsCutShort(logger);
    }

    // Around a leap of the clock, the age of what retention has taken is not known.
    private bool IsClockInDoubt => !clock.IsTrusted || clock.SinceAccepted < Age;

    private bool HasMoved()
    {
        lock (_lock)
        {
            var first = store.FirstVisibleId;
            var isFirstLook = _firstVisibleId < 0;
            if (_isTold || first == _firstVisibleId || (!isFirstLook && time.GetElapsedTime(_lastLook) < Interval)) return false;
            (_firstVisibleId, _lastLook) = (first, time.GetTimestamp());

            // What this process stored and has dropped again is young enough; what was dropped in the time before, nobody can tell.
            return !isFirstLook || first > store.LastIdBeforeStart + 1;
        }
    }
}
