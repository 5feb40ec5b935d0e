using System.Diagnostics.Metrics;

namespace HoodyLogs.Diagnostics;

/// <summary>What HoodyLogs measures of itself, on the meter <c>HoodyLogs</c>.</summary>
internal sealed class LogMetrics : IDisposable
{
    public const string MeterName = "HoodyLogs";

    private readonly Meter _meter;
    private readonly Counter<long> _stored;
    private readonly Counter<long> _lost;
    private readonly Histogram<double> _appendDuration;
    private readonly UpDownCounter<long> _tails;
    private readonly Counter<long> _frames;
    private readonly Counter<long> _captureFailures;

    /// <param name="factory">The host's; null for a meter of its own.</param>
    public LogMetrics(IMeterFactory? factory = null)
    {
        _meter = factory?.Create(MeterName) ?? new Meter(MeterName);
        _stored = _meter.CreateCounter<long>("hoodylogs.entries.stored", "{entry}", "Entries committed to the store.");
        _lost = _meter.CreateCounter<long>("hoodylogs.entries.lost", "{entry}", "Entries that were lost before they could be stored, by reason.");
        _captureFailures = _meter.CreateCounter<long>(
            "hoodylogs.capture.failures", "{failure}", "Failures of capture itself and of the delegates that the host gave it.");
        _appendDuration = _meter.CreateHistogram<double>("hoodylogs.append.duration", "s", "How long the store took for one batch.");
        _tails = _meter.CreateUpDownCounter<long>("hoodylogs.tails", "{tail}", "Live tails that are open.");
        _frames = _meter.CreateCounter<long>("hoodylogs.tail.frames", "{frame}", "Entries that were written to live tails.");
    }

    public void Stored(long entries, TimeSpan duration)
    {
        Guarded(static (metrics, count, _) => metrics._stored.Add(count), entries);
        Guarded(static (metrics, microseconds, _) => metrics._appendDuration.Record(microseconds / 1e6), (long)duration.TotalMicroseconds);
    }

    public void Lost(long entries, string reason) =>
        Guarded(static (metrics, count, reason) => metrics._lost.Add(count, new KeyValuePair<string, object?>("reason", reason)), entries, reason);

    public void CaptureFailed() => Guarded(static (metrics, count, _) => metrics._captureFailures.Add(count), 1);

    public void TailOpened() => Guarded(static (metrics, count, _) => metrics._tails.Add(count), 1);

    public void TailClosed() => Guarded(static (metrics, count, _) => metrics._tails.Add(count), -1);

    public void FramesWritten(long frames) => Guarded(static (metrics, count, _) => metrics._frames.Add(count), frames);

    /// <summary>Shows how many records wait, whenever somebody looks.</summary>
    public void ObserveQueue(Func<int> waiting) =>
        _meter.CreateObservableGauge("hoodylogs.queue.records", waiting, "{record}", "Records that wait to be written.");

    /// <summary>Shows how many records were stored with unknown scope, whenever somebody looks.</summary>
    public void ObserveUnscoped(Func<long> records) => _meter.CreateObservableCounter(
        "hoodylogs.records.confined", records, "{record}", "Records stored with unknown scope: an id was too long, or there were too many series.");

    /// <summary>Shows how many bodies were cut or not stored for want of memory, whenever somebody looks.</summary>
    public void ObserveBodiesRefused(Func<long> bodies) => _meter.CreateObservableCounter(
        "hoodylogs.bodies.refused", bodies, "{body}", "Bodies that were cut or not stored because MaxBodyMemory, or a scope's share of it, was used up.");

    public void Dispose() => _meter.Dispose();

    /// <summary>A listener of the host that throws must stop neither the writer nor an exchange.</summary>
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
            // There is nowhere left to report it: the listener is the host's own report.
        }
    }
}
