using HoodyLogs.Storage.Sqlite.Database;
using HoodyLogs.Storage.Sqlite.Diagnostics;
using HoodyLogs.Storage.Sqlite.Ingestion;
using HoodyLogs.Storage.Sqlite.Reading;
using HoodyLogs.Storage.Sqlite.Records;
using HoodyLogs.Storage.Time;
using Microsoft.Extensions.Logging;

namespace HoodyLogs.Storage.Sqlite.Maintenance;

/// <summary>
/// Watches the clock of an open store and logs its jumps. When a wrong clock is right again, it corrects the ingestion times that the wrong clock gave.
/// The age of the corrected entries counts from that moment.
/// </summary>
internal sealed class IngestionClock(WriterContext writer, RecordCursor cursor, TrustedClock clock, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan BetweenWarnings = TimeSpan.FromMinutes(10);

    private readonly long _firstId = writer.Sequence.NextId;
    private long _trustedUpTo = writer.Sequence.NextId;
    private long? _warnedAt;
    private bool _mustCorrect;
    private bool _isLongJump;

    /// <summary>Compares the clocks, logs a change, and corrects ingestion times if necessary.</summary>
    public void Step()
    {
        var beforeUs = clock.NowUs;
        switch (clock.Observe())
        {
            case ClockChange.Jumped:
                Warn();
                break;
            case ClockChange.Returned:
                StoreMessages.ClockReturned(logger);
                break;
            case ClockChange.Accepted:
                _mustCorrect = true;
                _isLongJump |= clock.NowUs - beforeUs > TrustedClock.MaxDowntime.TotalMicroseconds;
                StoreMessages.ClockAccepted(logger, ToTime(clock.NowUs));
                break;
        }

        // If the correction fails, this method throws and the next step retries, before anything is deleted.
        if (_mustCorrect) Correct();
        if (clock.IsTrusted) _trustedUpTo = writer.Sequence.NextId;
    }

    private void Warn()
    {
        if (_warnedAt is { } at && time.GetElapsedTime(at) < BetweenWarnings) return;
        _warnedAt = time.GetTimestamp();
        StoreMessages.ClockJumped(logger, ToTime(clock.WallUs), ToTime(clock.NowUs));
    }

    /// <summary>
    /// Corrects ingestion times that are in the future, and those that were assigned while the clock was not trusted. If the clock jumped ahead by more than
    /// the maximum downtime, it has been wrong since the process started. Then all ingestion times of this process are corrected.
    /// </summary>
    private void Correct()
    {
        var nowUs = clock.NowUs;
        var future = IngestionTimeSearch.FindFirstId(cursor, writer.Snapshot, nowUs + 1);
        var fromId = Math.Min(future, _isLongJump ? _firstId : _trustedUpTo);
        var toId = writer.Sequence.NextId - 1;
        var toUs = Math.Max(nowUs, TimeBefore(fromId) + toId - fromId + 1);
        var correction = new TimeCorrection(fromId, toId, toUs);
        var hasRows = fromId <= toId;
        writer.Database.RunInTransaction(
            () =>
            {
                if (hasRows) TimeCorrections.Write(writer.Database, correction, writer.Snapshot.RetentionFloor);
                StoreStatements.SetLastIngestedUs(writer.Database, toUs);
            },
            durable: true);
        if (hasRows) writer.Corrections.Add(correction, writer.Snapshot.RetentionFloor);
        writer.Sequence.CorrectLastIngested(toUs);
        (_mustCorrect, _isLongJump) = (false, false);
    }

    private static DateTimeOffset ToTime(long us) => DateTimeOffset.UnixEpoch.AddTicks(us * TimeSpan.TicksPerMicrosecond);

    private long TimeBefore(long id)
    {
        var us = 0L;
        for (var found = cursor.SeekBackward(id - 1); found; found = cursor.MoveNext())
        {
            if (!cursor.IsReadable) continue;
            us = cursor.IngestedUs;
            break;
        }

        cursor.Reset();
        return us;
    }
}
