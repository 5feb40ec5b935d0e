using System.Threading.Channels;

namespace HoodyLogs.TestSupport;

/// <summary>A sink that keeps what it is given, in order, for a test to take out again.</summary>
public sealed class CollectingSink : ILogSink
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private readonly Channel<LogRecord> _records = Channel.CreateUnbounded<LogRecord>();

    /// <summary>Set to make every write find the queue full.</summary>
    public bool IsFull { get; set; }

    /// <summary>How many records wait to be taken.</summary>
    public int Count => _records.Reader.Count;

    public bool TryWrite(LogRecord record) => !IsFull && _records.Writer.TryWrite(record);

    public ValueTask<bool> WriteAsync(LogRecord record, CancellationToken cancellationToken) => ValueTask.FromResult(TryWrite(record));

    public Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>The next record, in the order in which they were written. The limit only ends a test that has failed.</summary>
    public Task<LogRecord> NextAsync() => _records.Reader.ReadAsync().AsTask().WaitAsync(Limit, TimeProvider.System);
}
