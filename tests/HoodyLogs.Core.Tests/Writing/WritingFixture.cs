using HoodyLogs.Diagnostics;
using HoodyLogs.Tail.Gaps;
using HoodyLogs.Tail.Ring;
using HoodyLogs.TestSupport;
using HoodyLogs.Writing;
using HoodyLogs.Writing.Queue;
using Microsoft.Extensions.Logging;

namespace HoodyLogs.Core.Tests.Writing;

/// <summary>A queue, a writer and a ring over the reference store.</summary>
internal sealed class WritingFixture : IAsyncDisposable
{
    private readonly LogMetrics _metrics = new();

    public WritingFixture(QueueOptions? queue = null, TailOptions? tail = null, long firstId = 1)
    {
        queue ??= new QueueOptions();
        Model = new ModelLogStore(Time, firstId);
        Store = new GatedStore(Model);
        Queue = new LogQueue(queue, Time, _metrics);
        Ring = new LogRing((tail ?? new TailOptions()).RingEntries);
        Scopes = new QueuedScopeDeleter(Queue);
        Writer = new LogWriter(Queue, queue, Store, Ring, GapHistory, Health, _metrics, Time, new LoggerFactory([Log]).CreateLogger<LogWriter>());
    }

    public MessageList Log { get; } = new();

    public ManualTime Time { get; } = new();

    public ModelLogStore Model { get; }

    public GatedStore Store { get; }

    public LogQueue Queue { get; }

    public LogRing Ring { get; }

    public GapHistory GapHistory { get; } = new();

    public WriterHealth Health { get; } = new();

    public QueuedScopeDeleter Scopes { get; }

    public LogWriter Writer { get; }

    public static async Task<WritingFixture> StartAsync(QueueOptions? queue = null, TailOptions? tail = null, long firstId = 1)
    {
        var fixture = new WritingFixture(queue, tail, firstId);
        await fixture.Writer.StartingAsync(CancellationToken.None);
        return fixture;
    }

    public Task FlushAsync() => Queue.FlushAsync(CancellationToken.None);

    public async Task<IReadOnlyList<LogEntry>> StoredAsync() =>
        await Model.ListAsync(LogScope.All, new LogQuery { Limit = int.MaxValue, MaxBytes = long.MaxValue });

    /// <summary>Writes one record and waits until the writer is blocked in the store.</summary>
    public async Task HoldUpWriterAsync()
    {
        Store.Shut();
        Queue.TryWrite(Some.Event("held up"));
        await Eventually.Holds(() => Store.HasWaiting, "the writer stands at the gate");
    }

    public async ValueTask DisposeAsync()
    {
        Store.Release();
        Model.AppendFailure = null;
        var ended = Writer.DisposeAsync().AsTask();
        await Eventually.Holds(
            () =>
            {
                if (!ended.IsCompleted) Time.Advance(TimeSpan.FromMilliseconds(100));
                return ended.IsCompleted;
            },
            "the writer ends");
        _metrics.Dispose();
    }
}
