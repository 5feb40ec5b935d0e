using HoodyLogs.Storage.Sqlite.Database;
using HoodyLogs.Storage.Sqlite.Diagnostics;
using HoodyLogs.Storage.Sqlite.Ingestion;
using HoodyLogs.Storage.Sqlite.Reading;
using HoodyLogs.Storage.Sqlite.Records;
using HoodyLogs.Storage.Time;
using Microsoft.Extensions.Logging;

namespace HoodyLogs.Storage.Sqlite.Maintenance;

/// <summary>
/// Watches the clock for an open store, says when it leaps, and corrects the ingestion times that a wrong clock gave once it is right again. What was
/// dated wrongly ages from that moment.
/// </summary>
internal sealed class IngestionClock(WriterContext writer, RecordCursor cursor, TrustedClock guard, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan BetweenWarnings = TimeSpan.FromMinutes(10);

    private readonly long _firstId = writer.Sequence.NextId;
    private long _trustedUpTo = writer.Sequence.NextId;
    private long? _warnedAt;
    private bool _mustCorrect;
    private bool _isLongJump;

    /// <summary>Compares the clocks and does what follows from it.</summary>
    public void Step()
    {
        var beforeUs = guard.NowUs;
        switch (guard.Observe())
        {
            case ClockChange.Jumped:
                Warn();
                break;
            case ClockChange.Returned:
                StoreMessages.ClockReturned(logger);
                break;
            case ClockChange.Accepted:
                _mustCorrect = true;
                _isLongJump |= guard.NowUs - beforeUs > TrustedClock.MaxDowntime.TotalMicroseconds;
                StoreMessages.ClockAccepted(logger, ToTime(guard.NowUs));
                break;
        }

        // A correction that fails is tried again by the next step, before anything is deleted.
        if (_mustCorrect) Correct();
        if (guard.IsTrusted) _trustedUpTo = writer.Sequence.NextId;
    }

    private void Warn()
    {
        if (_warnedAt is { } at && time.GetElapsedTime(at) < BetweenWarnings) return;
        _warnedAt = time.GetTimestamp();
        StoreMessages.ClockJumped(logger, ToTime(guard.WallUs), ToTime(guard.NowUs));
    }

    /// <summary>
    /// Corrects what is dated later than now, and what was dated while the clock was not believed. A step ahead of more than the longest downtime says
    /// that the clock was wrong since the process started: then all that this process has stored is corrected.
    /// </summary>
    private void Correct()
    {
        var nowUs = guard.NowUs;
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
