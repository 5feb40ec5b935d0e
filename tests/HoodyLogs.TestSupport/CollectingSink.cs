using System.Threading.Channels;

namespace HoodyLogs.TestSupport;

/// <summary>A sink that keeps its records in order, so that a test can take them.</summary>
public sealed class CollectingSink : ILogSink
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly Channel<LogRecord> _records = Channel.CreateUnbounded<LogRecord>();

    /// <summary>Makes every write fail, as if the queue were full.</summary>
    public bool IsFull { get; set; }

    /// <summary>The number of records that the test has not taken.</summary>
    public int Count => _records.Reader.Count;

    public bool TryWrite(LogRecord record) => !IsFull && _records.Writer.TryWrite(record);

    public ValueTask<bool> WriteAsync(LogRecord record, CancellationToken cancellationToken) => ValueTask.FromResult(TryWrite(record));

    public Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Takes the next record in the order of writing. The time limit only ends a test that has failed.</summary>
    public Task<LogRecord> NextAsync() => _records.Reader.ReadAsync().AsTask().WaitAsync(Limit, TimeProvider.System);
}
