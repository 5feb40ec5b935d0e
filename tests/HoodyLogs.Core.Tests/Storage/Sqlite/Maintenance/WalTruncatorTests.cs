using FluentAssertions;
using HoodyLogs.Storage.Sqlite;
using HoodyLogs.TestSupport;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using NUnit.Framework;

namespace HoodyLogs.Core.Tests.Storage.Sqlite.Maintenance;

/// <summary>The size of the write-ahead log is bounded. If that is impossible, it is logged.</summary>
public sealed class WalTruncatorTests : SqliteStoreTest
{
    private const int Bound = 1 << 20;
    private const int Batches = 400;

    private static readonly string Url = Some.Letters(1_000);

    [Test]
    public async Task The_log_is_truncated_although_readers_overlap_and_the_size_is_not_limited()
    {
        Settings = Settings with { WalBytes = Bound, SegmentRows = 256 };
        Retention.MaxBytes = 0;
        Retention.MaxEntries = 10_000;
        using var messages = new MessageList();
        await using var store = await OpenAsync(LoggerOf(messages));
        await AppendMany(store, 1_000, _ => Some.Exchange(url: Url));
        using var done = new CancellationTokenSource();
        var reads = new int[4];
        var readers = reads.Select((_, i) => Task.Factory.StartNew(() => Read(store, reads, i, done.Token), TaskCreationOptions.LongRunning)).ToArray();

        var largest = 0L;
        try
        {
            for (var batch = 0; batch < Batches; batch++)
            {
                var before = reads.Sum();
                await AppendMany(store, 50, _ => Some.Exchange(url: Url));
                largest = Math.Max(largest, WalBytes);
                Time.Advance(TimeSpan.FromSeconds(1));
                await store.MaintainAsync(CancellationToken.None);
                SpinWait.SpinUntil(() => reads.Sum() >= before + 4 || readers.Any(reader => reader.IsCompleted));
            }
        }
        finally
        {
            await done.CancelAsync();
        }

        await Task.WhenAll(readers);
        largest.Should().BeLessThan(6 * Bound, "the batches wrote {0} times as much", Batches * 50 / 1_000);
        messages.Messages.Should().NotContain(message => message.Level >= LogLevel.Warning);
    }

    [Test]
    public async Task A_log_that_cannot_be_truncated_is_reported_once_and_truncated_later()
    {
        Settings = Settings with { WalBytes = Bound };
        using var messages = new MessageList();
        await using var store = await OpenAsync(LoggerOf(messages));
        await AppendMany(store, 1);
        await using (var other = new SqliteConnection($"Data Source={FilePath};Pooling=False"))
        {
            other.Open();
            await using var snapshot = other.BeginTransaction(deferred: true);
            await using var select = new SqliteCommand("SELECT count(*) FROM records", other, snapshot);
            select.ExecuteScalar().Should().Be(1L);
            for (var batch = 0; batch < 20; batch++)
            {
                await AppendMany(store, 100, _ => Some.Exchange(url: Url));
                Time.Advance(TimeSpan.FromMinutes(1));
                await store.MaintainAsync(CancellationToken.None);
            }

            WalBytes.Should().BeGreaterThan(Bound);
            messages.Messages.Should().ContainSingle(message => message.Level == LogLevel.Warning && message.Text.Contains("write-ahead log"));
        }

        Time.Advance(TimeSpan.FromMinutes(1));
        await store.MaintainAsync(CancellationToken.None);
        WalBytes.Should().Be(0);
        (await Ids(store)).Should().HaveCount(2 * 2_001);
    }

    private long WalBytes => new FileInfo(FilePath + "-wal").Length;

    private static ILogger<SqliteLogStore> LoggerOf(MessageList messages) =>
        LoggerFactory.Create(logging => logging.AddProvider(messages)).CreateLogger<SqliteLogStore>();

    private static void Read(SqliteLogStore store, int[] reads, int reader, CancellationToken done)
    {
        var query = new LogQuery { Limit = 1_000, Filter = reader == 0 ? new LogFilter { UrlText = "not there" } : LogFilter.All };
        for (; !done.IsCancellationRequested; Volatile.Write(ref reads[reader], reads[reader] + 1))
        {
            // A thread that only reads has nothing else to do.
            store.ReadAsync(LogScope.All, query, (in LogEntryView _) => { }, CancellationToken.None).AsTask().GetAwaiter().GetResult();
        }
    }
}
