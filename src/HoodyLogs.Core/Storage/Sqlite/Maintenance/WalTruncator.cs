using HoodyLogs.Storage.Sqlite.Diagnostics;
using HoodyLogs.Storage.Sqlite.Ingestion;
using HoodyLogs.Storage.Sqlite.Reading;
using Microsoft.Extensions.Logging;

namespace HoodyLogs.Storage.Sqlite.Maintenance;

/// <summary>
/// Bounds the write-ahead log. SQLite restarts the log only at a moment when no reader uses it. With overlapping readers there is no such moment.
/// Therefore this class closes the gate for new snapshots and waits up to 100 ms for the readers. After failures it retries with increasing delays.
/// </summary>
internal sealed class WalTruncator(WriterContext writer, ReaderGate gate, Func<RetentionOptions> options, TimeProvider time, ILogger logger)
{
    private const int WaitMs = 100;
    private const int FailuresBeforeWarning = 3;

    private static readonly TimeSpan FirstDelay = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan MaxDelay = TimeSpan.FromMinutes(1);

    private TimeSpan _delay;
    private long _failedAt;
    private int _failures;

    // The log counts towards a size limit, so it is kept smaller in a store with such a limit.
    private long MaxWalBytes => options().MaxBytes is > 0 and var maxBytes ? Math.Min(writer.Settings.WalBytes, maxBytes / 8) : writer.Settings.WalBytes;

    /// <summary>Truncates the log if it is too large.</summary>
    public void Step()
    {
        if (GetWalBytes() <= MaxWalBytes || (_failures > 0 && time.GetElapsedTime(_failedAt) < _delay)) return;
        try
        {
            Truncate();
        }
        catch (LogStoreException)
        {
            // For example, the disk is full. The next steps retry. The rest of maintenance must run, because it frees space.
        }

        var left = GetWalBytes();
        if (left <= MaxWalBytes) Succeeded();
        else Failed(left);
    }

    private void Truncate()
    {
        gate.Close();
        try
        {
            writer.Database.TruncateWal(WaitMs);
        }
        finally
        {
            gate.Open();
        }
    }

    private void Succeeded() => (_failures, _delay) = (0, TimeSpan.Zero);

    private void Failed(long bytes)
    {
        _failedAt = time.GetTimestamp();
        _delay = _failures == 0 ? FirstDelay : _delay * 2 < MaxDelay ? _delay * 2 : MaxDelay;
        if (++_failures == FailuresBeforeWarning) StoreMessages.WalNotTruncated(logger, writer.Settings.Path, bytes);
    }

    private long GetWalBytes() => StoreSize.GetWalBytes(writer.Settings.Path);
}
