using System.Diagnostics.Metrics;

namespace HoodyLogs.Diagnostics;

/// <summary>The metrics of HoodyLogs, on the meter <c>HoodyLogs</c>.</summary>
internal sealed class LogMetrics : IDisposable
{
    public const string MeterName = "HoodyLogs";

    private readonly Meter _meter;
    private readonly Counter<long> _stored;
    private readonly Counter<long> _dropped;
    private readonly Histogram<double> _appendDuration;
    private readonly UpDownCounter<long> _tails;
    private readonly Counter<long> _frames;
    private readonly Counter<long> _captureFailures;

    /// <param name="factory">The meter factory of the host, or null to create a separate meter.</param>
    public LogMetrics(IMeterFactory? factory = null)
    {
        _meter = factory?.Create(MeterName) ?? new Meter(MeterName);
        _stored = _meter.CreateCounter<long>("hoodylogs.entries.stored", "{entry}", "Entries committed to the store.");
        _dropped = _meter.CreateCounter<long>("hoodylogs.entries.dropped", "{entry}", "Entries that were dropped before they could be stored, by reason.");
        _captureFailures = _meter.CreateCounter<long>(
            "hoodylogs.capture.failures", "{failure}", "Exceptions in capture and in the delegates of the host.");
        _appendDuration = _meter.CreateHistogram<double>("hoodylogs.append.duration", "s", "The time to commit one batch.");
        _tails = _meter.CreateUpDownCounter<long>("hoodylogs.tails", "{tail}", "Open live tails.");
        _frames = _meter.CreateCounter<long>("hoodylogs.tail.frames", "{frame}", "Entries written to live tails.");
    }

    public void Stored(long entries, TimeSpan duration)
    {
        Guarded(static (metrics, count, _) => metrics._stored.Add(count), entries);
        Guarded(static (metrics, microseconds, _) => metrics._appendDuration.Record(microseconds / 1e6), (long)duration.TotalMicroseconds);
    }

    public void Dropped(long entries, string reason) =>
        Guarded(static (metrics, count, reason) => metrics._dropped.Add(count, new KeyValuePair<string, object?>("reason", reason)), entries, reason);

    public void CaptureFailed() => Guarded(static (metrics, count, _) => metrics._captureFailures.Add(count), 1);

    public void TailOpened() => Guarded(static (metrics, count, _) => metrics._tails.Add(count), 1);

    public void TailClosed() => Guarded(static (metrics, count, _) => metrics._tails.Add(count), -1);

    public void FramesWritten(long frames) => Guarded(static (metrics, count, _) => metrics._frames.Add(count), frames);

    /// <summary>Observes the number of queued records.</summary>
    public void ObserveQueue(Func<int> waiting) =>
        _meter.CreateObservableGauge("hoodylogs.queue.records", waiting, "{record}", "Records in the queue.");

    /// <summary>Observes the number of records that were stored as unscoped.</summary>
    public void ObserveUnscoped(Func<long> records) => _meter.CreateObservableCounter(
        "hoodylogs.records.unscoped", records, "{record}", "Records stored without a scope because an id was too long or there were too many series.");

    /// <summary>Observes the number of bodies that were truncated or not stored because of the memory limit.</summary>
    public void ObserveTruncatedBodies(Func<long> bodies) => _meter.CreateObservableCounter(
        "hoodylogs.bodies.truncated", bodies, "{body}", "Bodies that were truncated or not stored because of Capture:MaxBodyMemory or the share of a scope.");

    public void Dispose() => _meter.Dispose();

    /// <summary>Keeps exceptions of the host's metric listeners away from the writer and from exchanges.</summary>
    private void Guarded(Action<LogMetrics, long, string?> measure, long value, string? reason = null)
    {
        try
        {
            measure(this, value, reason);
        }
#pragma warning disable CA1031 // a listener may throw anything
        catch (Exception)
#pragma warning restore CA1031
        {
            // The exception has nowhere to be reported: the metric listener is the host's own reporting.
        }
    }
}
