using HoodyLogs.AspNetCore.Capture.Diagnostics;

namespace HoodyLogs.AspNetCore.Capture.Recording;

/// <summary>Writes records to the sink. Counts failures of the sink, and releases the bodies of records that it does not accept.</summary>
internal sealed class RecordSink(ILogSink sink, CaptureFailures failures)
{
    /// <summary>Writes a record.</summary>
    /// <param name="record">The record.</param>
    /// <param name="waitsForRoom">Whether to wait while the sink is full. Otherwise the record is dropped.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    public ValueTask WriteAsync(LogRecord record, bool waitsForRoom, CancellationToken cancellationToken)
    {
        if (waitsForRoom) return WaitForRoomAsync(record, cancellationToken);
        var isAccepted = false;
        try
        {
            isAccepted = sink.TryWrite(record);
        }
#pragma warning disable CA1031 // a sink of the host may throw anything
        catch (Exception exception)
#pragma warning restore CA1031
        {
            failures.Report(exception, "The log sink");
        }

        if (!isAccepted) record.ReleaseBodies();
        return ValueTask.CompletedTask;
    }

    private async ValueTask WaitForRoomAsync(LogRecord record, CancellationToken cancellationToken)
    {
        var isAccepted = false;
        try
        {
            isAccepted = await sink.WriteAsync(record, cancellationToken).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // a sink of the host may throw anything
        catch (Exception exception)
#pragma warning restore CA1031
        {
            failures.Report(exception, "The log sink");
        }

        if (!isAccepted) record.ReleaseBodies();
    }
}
