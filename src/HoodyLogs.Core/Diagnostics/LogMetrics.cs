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
        _stored.Add(entries);
        _appendDuration.Record(duration.TotalSeconds);
    }

    public void Lost(long entries, string reason) => _lost.Add(entries, new KeyValuePair<string, object?>("reason", reason));

    public void CaptureFailed() => _captureFailures.Add(1);

    public void TailOpened() => _tails.Add(1);

    public void TailClosed() => _tails.Add(-1);

    public void FramesWritten(long frames) => _frames.Add(frames);

    /// <summary>Shows how many records wait, whenever somebody looks.</summary>
    public void ObserveQueue(Func<int> waiting) =>
        _meter.CreateObservableGauge("hoodylogs.queue.records", waiting, "{record}", "Records that wait to be written.");

    /// <summary>Shows how many records were stored with unknown scope, whenever somebody looks.</summary>
    public void ObserveConfined(Func<long> records) => _meter.CreateObservableCounter(
        "hoodylogs.records.confined", records, "{record}", "Records stored with unknown scope: an id was too long, or there were too many series.");

    /// <summary>Shows how many bodies were cut or not stored for want of memory, whenever somebody looks.</summary>
    public void ObserveBodiesRefused(Func<long> bodies) => _meter.CreateObservableCounter(
        "hoodylogs.bodies.refused", bodies, "{body}", "Bodies that were cut or not stored because MaxBodyMemory, or a scope's share of it, was used up.");

    public void Dispose() => _meter.Dispose();
}
