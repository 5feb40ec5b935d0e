using FluentAssertions;
using HoodyLogs.Tail.Gaps;
using HoodyLogs.TestSupport;
using HoodyLogs.Writing;
using NUnit.Framework;

namespace HoodyLogs.Core.Tests.Writing;

public sealed class LogWriterTests
{
    [Test]
    public async Task A_batch_takes_all_queued_records_up_to_its_limits()
    {
        await using var fixture = await WritingFixture.StartAsync();
        await fixture.HoldUpWriterAsync();
        for (var i = 0; i < 5000; i++) fixture.Queue.TryWrite(Some.Event());

        fixture.Store.Release();
        await fixture.FlushAsync();

        fixture.Store.BatchSizes.Should().StartWith([1, 4096, 904]);
    }

    [Test]
    public async Task A_batch_ends_at_8_MiB_of_bodies()
    {
        await using var fixture = await WritingFixture.StartAsync();
        await fixture.HoldUpWriterAsync();
        for (var i = 0; i < 5; i++) fixture.Queue.TryWrite(Some.Exchange().WithBodies(Some.Bytes(new byte[3 * 1024 * 1024]), null));

        fixture.Store.Release();
        await fixture.FlushAsync();

        fixture.Store.BatchSizes.Should().StartWith([1, 3, 2]);
    }

    [Test]
    public async Task The_writer_does_not_block_a_thread_pool_thread()
    {
        await using var fixture = await WritingFixture.StartAsync();
        var onPool = new List<bool>();
        fixture.Store.OnAppend = _ => onPool.Add(Thread.CurrentThread.IsThreadPoolThread);

        for (var i = 0; i < 3; i++)
        {
            fixture.Queue.TryWrite(Some.Exchange());
            await fixture.FlushAsync();
        }

        onPool.Should().HaveCount(3).And.NotContain(true);
    }

    [Test]
    public async Task T2_a_record_is_in_the_ring_only_after_its_commit()
    {
        await using var fixture = await WritingFixture.StartAsync();
        await fixture.HoldUpWriterAsync();

        fixture.Ring.Position.Should().Be(0);
        fixture.Store.Release();
        await fixture.FlushAsync();

        fixture.Ring.Position.Should().Be(1);
        fixture.Ring.CommittedPosition.Should().Be(1);
    }

    [Test]
    public async Task Bodies_are_released_after_the_commit()
    {
        await using var fixture = await WritingFixture.StartAsync();
        var record = Some.Exchange().WithBodies(Some.Text("in"), Some.Text("out"));

        fixture.Queue.TryWrite(record);
        await fixture.FlushAsync();

        record.RequestBody.Should().BeNull();
        record.ResponseBody.Should().BeNull();
    }

    [Test]
    public async Task Accepted_records_are_stored_at_stop_even_if_the_token_is_canceled()
    {
        await using var fixture = await WritingFixture.StartAsync();
        await fixture.HoldUpWriterAsync();
        for (var i = 0; i < 100; i++) fixture.Queue.TryWrite(Some.Event());

        var stopped = fixture.Writer.StoppedAsync(new CancellationToken(canceled: true));
        fixture.Store.Release();
        await stopped;

        (await fixture.StoredAsync()).Should().HaveCount(101);
        fixture.Ring.IsCompleted.Should().BeTrue();
    }

    [Test]
    public async Task The_host_stops_although_the_store_hangs()
    {
        await using var fixture = await WritingFixture.StartAsync();
        await fixture.HoldUpWriterAsync();

        var stopped = fixture.Writer.StoppedAsync(CancellationToken.None);
        stopped.IsCompleted.Should().BeFalse();
        fixture.Time.Advance(LogWriter.DrainBudget);

        await stopped;
    }

    [Test]
    public async Task Accepted_records_are_stored_when_the_host_is_disposed_without_a_stop()
    {
        var fixture = await WritingFixture.StartAsync();
        for (var i = 0; i < 100; i++) fixture.Queue.TryWrite(Some.Event());

        await fixture.DisposeAsync();

        (await fixture.StoredAsync()).Should().HaveCount(100);
    }

    [Test]
    public async Task While_the_store_fails_entries_are_published_from_memory_and_stored_later()
    {
        await using var fixture = await WritingFixture.StartAsync();
        fixture.Model.AppendFailure = new IOException("No space left on device");

        fixture.Queue.TryWrite(Some.Exchange(url: "/1"));
        await Eventually.Holds(() => fixture.Ring.Position == 2, "the tail goes on from memory");
        fixture.Queue.TryWrite(Some.Exchange(url: "/2"));
        await Eventually.Holds(() => fixture.Ring.Position == 4, "the tail goes on from memory");
        fixture.Ring.CommittedPosition.Should().Be(0);
        fixture.Health.Problem.Should().NotBeNull();
        (await fixture.StoredAsync()).Should().BeEmpty();

        fixture.Model.AppendFailure = null;
        var flush = fixture.FlushAsync();
        await Eventually.Holds(() => PassTime(fixture, flush), "what was held back is stored");

        (await fixture.StoredAsync()).Select(entry => (entry.Id, entry.Url)).Should().Equal((1, "/1"), (2, "/1"), (3, "/2"), (4, "/2"));
        fixture.Health.Problem.Should().BeNull();
        await Eventually.Holds(() => fixture.Ring.CommittedPosition == 4, "all is settled");
    }

    [Test]
    public async Task T7_records_that_exceed_the_retry_buffer_are_counted_and_reported()
    {
        await using var fixture = await WritingFixture.StartAsync(new QueueOptions { Capacity = 10 });
        fixture.Model.AppendFailure = new IOException("No space left on device");
        for (var i = 0; i < 15; i++)
        {
            await Eventually.Holds(() => fixture.Queue.TryWrite(Some.Exchange(url: $"/{i}")), "there is room");
            await Eventually.Holds(() => fixture.Ring.Position == 2 * (i + 1), "the tail goes on");
        }

        fixture.Model.AppendFailure = null;
        fixture.Queue.TryWrite(Some.Exchange(url: "/last"));
        await Eventually.Holds(() => fixture.Ring.Position == 32, "the tail goes on");
        await Eventually.Holds(() => PassTime(fixture, fixture.Ring.Position >= 33), "the gap is reported");
        await fixture.FlushAsync();

        var stored = await fixture.StoredAsync();
        stored.Select(entry => entry.Id).Should().Equal([.. Enumerable.Range(1, 20), 33]);
        var report = stored[^1];
        report.Kind.Should().Be(EntryKind.Event);
        report.Level.Should().Be(EntryLevel.Error);
        report.Data.GetProperty("count").GetInt64().Should().Be(12);
        report.Data.GetProperty("from").GetInt64().Should().Be(21);
        report.Data.GetProperty("to").GetInt64().Should().Be(32);
        report.Data.GetProperty("reason").GetString().Should().Be("storeFailing");
        fixture.GapHistory.Gaps.Should().Equal(new Gap(21, 32, 12, "storeFailing", true));
        fixture.Ring.CommittedPosition.Should().Be(33);
    }

    [Test]
    public async Task T7_a_drop_is_reported_between_the_entries_before_and_after_it()
    {
        await using var fixture = await WritingFixture.StartAsync(new QueueOptions { Capacity = 16 });
        await fixture.HoldUpWriterAsync();
        for (var i = 0; i < 16; i++) fixture.Queue.TryWrite(Some.Exchange());
        for (var i = 0; i < 5; i++) fixture.Queue.TryWrite(Some.Exchange()).Should().BeFalse();

        fixture.Store.Release();
        await Eventually.Holds(() => fixture.Ring.Position >= 34, "the drops are reported");
        fixture.Queue.TryWrite(Some.Exchange(url: "/after"));
        await fixture.FlushAsync();

        var stored = await fixture.StoredAsync();
        var report = stored.Should().ContainSingle(entry => entry.Level == EntryLevel.Warn).Subject;
        report.Id.Should().Be(34, "entry 1 and 16 exchanges stand before it");
        report.ProjectId.Should().BeNull("admins alone may see it");
        report.Data.GetProperty("count").GetInt64().Should().Be(10);
        fixture.GapHistory.Gaps.Should().Equal(new Gap(33, 34, 10, "queueFull", false));
    }

    [Test]
    public async Task T7_many_drops_become_few_events()
    {
        await using var fixture = await WritingFixture.StartAsync(new QueueOptions { Capacity = 4 });
        for (var round = 0; round < 50; round++)
        {
            await fixture.HoldUpWriterAsync();
            while (fixture.Queue.TryWrite(Some.Event()))
            {
            }

            fixture.Store.Release();
            await fixture.FlushAsync();
        }

        fixture.Time.Advance(TimeSpan.FromSeconds(2));
        await Eventually.Holds(() => PassTime(fixture, fixture.GapHistory.Gaps.Sum(loss => loss.Count) == 50), "every drop is reported");
        fixture.GapHistory.Gaps.Should().HaveCountLessThan(5);
    }

    [Test]
    public async Task A_batch_that_faults_the_store_does_not_stop_later_batches()
    {
        await using var fixture = await WritingFixture.StartAsync();
        fixture.Store.OnAppend = batch =>
        {
            if (batch.Any(record => record.Url == "/poison")) throw new InvalidOperationException("a bug");
        };

        fixture.Queue.TryWrite(Some.Exchange(url: "/poison"));
        await fixture.FlushAsync();
        fixture.Queue.TryWrite(Some.Exchange(url: "/good"));
        await fixture.FlushAsync();

        (await fixture.StoredAsync()).Should().Contain(entry => entry.Url == "/good")
            .And.Contain(entry => entry.Kind == EntryKind.Event && entry.Level == EntryLevel.Error);
    }

    [Test]
    public async Task T6_a_deletion_is_ordered_with_the_records_around_it()
    {
        await using var fixture = await WritingFixture.StartAsync();
        fixture.Queue.TryWrite(Some.Exchange(url: "/before"));
        fixture.Queue.TryWrite(Some.Exchange(container: "other", url: "/other"));
        await fixture.Scopes.DeleteAsync(LogScope.Container("p1", "c1"), CancellationToken.None);
        fixture.Queue.TryWrite(Some.Exchange(url: "/after"));
        await fixture.FlushAsync();

        (await fixture.StoredAsync()).Select(entry => entry.Url).Should().Equal("/other", "/other", "/after", "/after");
    }

    [Test]
    public async Task Deleting_a_scope_fails_while_the_store_fails()
    {
        await using var fixture = await WritingFixture.StartAsync();
        fixture.Model.AppendFailure = new IOException("No space left on device");
        fixture.Queue.TryWrite(Some.Exchange());

        var destroying = () => fixture.Scopes.DeleteAsync(LogScope.Container("p1", "c1"), CancellationToken.None);

        await destroying.Should().ThrowAsync<LogStoreException>();
    }

    [Test]
    public async Task Deleting_everything_is_rejected()
    {
        await using var fixture = await WritingFixture.StartAsync();

        var destroying = () => fixture.Scopes.DeleteAsync(LogScope.All, CancellationToken.None);

        await destroying.Should().ThrowAsync<ArgumentException>();
    }

    private static bool PassTime(WritingFixture fixture, Task until) => PassTime(fixture, until.IsCompleted);

    private static bool PassTime(WritingFixture fixture, bool reached)
    {
        if (!reached) fixture.Time.Advance(TimeSpan.FromMilliseconds(100));
        return reached;
    }
}
