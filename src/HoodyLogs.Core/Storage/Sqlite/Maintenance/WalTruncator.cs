using HoodyLogs.Storage.Sqlite.Diagnostics;
using HoodyLogs.Storage.Sqlite.Ingestion;
using HoodyLogs.Storage.Sqlite.Reading;
using Microsoft.Extensions.Logging;

namespace HoodyLogs.Storage.Sqlite.Maintenance;

/// <summary>
/// Bounds the write-ahead log. SQLite begins it anew by itself only at a moment when no reader needs it. Where readers overlap there is no such moment,
/// so this makes one: it closes the gate of the readers and waits for a tenth of a second. After a failure it tries again ever more seldom.
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

    // A limited store keeps it smaller, since it counts towards the limit.
    private long MaxWalBytes => options().MaxBytes is > 0 and var maxBytes ? Math.Min(writer.Settings.WalBytes, maxBytes / 8) : writer.Settings.WalBytes;

    /// <summary>Resets the log if it is too large.</summary>
    public void Step()
    {
        if (GetWalBytes() <= MaxWalBytes || (_failures > 0 && time.GetElapsedTime(_failedAt) < _delay)) return;
        try
        {
            Truncate();
        }
        catch (LogStoreException)
        {
            // A full disk, for example. It is tried again later, and must not keep the rest of maintenance from freeing space.
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
