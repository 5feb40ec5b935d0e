using FluentAssertions;
using HoodyLogs.Storage.Sqlite;
using HoodyLogs.Storage.Sqlite.Database;
using HoodyLogs.TestSupport;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using NUnit.Framework;

namespace HoodyLogs.Core.Tests.Storage.Sqlite;

/// <summary>Disposal of the store while a call is running.</summary>
public sealed class StoreDisposalTests : SqliteStoreTest
{
    [Test]
    public async Task B4_disposal_does_not_wait_for_a_hanging_read_and_the_file_is_closed_when_the_read_ends()
    {
        var log = new MessageList();
        var store = await OpenAsync(new LoggerFactory([log]).CreateLogger<SqliteLogStore>());
        await AppendMany(store, 10);
        using var gate = new ManualResetEventSlim();
        var begun = new TaskCompletionSource();
        var seen = 0;
        var reading = Task.Run(() => store.ReadAsync(LogScope.All, new LogQuery { Limit = 20 }, Visit, CancellationToken.None).AsTask());
        await begun.Task;

        var disposing = store.DisposeAsync().AsTask();
        disposing.IsCompleted.Should().BeFalse("a read is in its statement");
        Time.Advance(SqliteLogStore.CloseBudget);
        await disposing;
        log.Messages.Should().ContainSingle(message => message.Text.Contains("was not closed within", StringComparison.Ordinal));
        var opening = () => OpenAsync();
        await opening.Should().ThrowAsync<LogStoreException>("the file is still in use");
        var late = () => store.AppendAsync([Some.Event()], CancellationToken.None).AsTask();
        await late.Should().ThrowAsync<LogStoreException>();

        gate.Set();
        await reading;
        seen.Should().Be(20);
        await using var next = await OpenAsync();
        (await Ids(next)).Should().HaveCount(20);

        void Visit(in LogEntryView entry)
        {
            begun.TrySetResult();
            gate.Wait();
            seen++;
        }
    }

    [Test]
    public async Task B4_disposal_waits_for_a_native_call_of_the_writer()
    {
        var store = await OpenAsync();
        await AppendMany(store, 10);
        Sql("CREATE VIEW slow AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 20000000) SELECT count(*) AS c FROM n");
        Sql("CREATE TRIGGER stalling BEFORE INSERT ON records BEGIN SELECT c FROM slow; END");
        var appending = Task.Run(() => store.AppendAsync([Some.Event("slow")], CancellationToken.None).AsTask());
        await Eventually.Holds(IsLocked, "the writer is in its transaction");

        await store.DisposeAsync();

        await appending;
        Sql("DROP TRIGGER stalling");
        await using var next = await OpenAsync();
        (await Ids(next)).Should().HaveCount(21);
    }

    [Test]
    public async Task B4_reads_during_disposal_end_with_a_result_or_an_error()
    {
        for (var round = 0; round < 20; round++)
        {
            var store = await OpenAsync();
            await AppendMany(store, 200);
            var begun = new CountdownEvent(4);
            var readers = Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
            {
                begun.Signal();
                while (true)
                {
                    try
                    {
                        await Ids(store, new LogQuery { Limit = 1000, Filter = new LogFilter { UrlText = "users" } });
                        await store.FindAsync(LogScope.All, 5, (in LogEntryView _) => { }, CancellationToken.None);
                    }
                    catch (LogStoreException)
                    {
                        return;
                    }
                }
            })).ToArray();
            begun.Wait();

            await store.DisposeAsync();

            await Task.WhenAll(readers);
        }
    }

    private bool IsLocked()
    {
        using var other = SqliteDatabase.OpenWriter(FilePath);
        try
        {
            other.Execute("PRAGMA busy_timeout = 0; BEGIN IMMEDIATE; ROLLBACK");
            return false;
        }
        catch (LogStoreException busy) when (busy.InnerException is SqliteException { SqliteErrorCode: 5 })
        {
            return true;
        }
    }
}
