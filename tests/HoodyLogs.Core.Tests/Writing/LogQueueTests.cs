using FluentAssertions;
using HoodyLogs.TestSupport;
using NUnit.Framework;

namespace HoodyLogs.Core.Tests.Writing;

public sealed class LogQueueTests
{
    [Test]
    public async Task Accepted_records_are_stored_in_order()
    {
        await using var fixture = await WritingFixture.StartAsync();

        for (var i = 0; i < 1000; i++) fixture.Queue.TryWrite(Some.Exchange(url: $"/{i}")).Should().BeTrue();
        await fixture.FlushAsync();

        (await fixture.StoredAsync()).Select(entry => entry.Url).Should()
            .Equal(Enumerable.Range(0, 1000).SelectMany(i => new[] { $"/{i}", $"/{i}" }));
    }

    [Test]
    public async Task A_full_queue_drops_and_never_waits()
    {
        await using var fixture = await WritingFixture.StartAsync(new QueueOptions { Capacity = 16 });
        await fixture.HoldUpWriterAsync();

        for (var i = 0; i < 16; i++) fixture.Queue.TryWrite(Some.Event()).Should().BeTrue();

        fixture.Queue.TryWrite(Some.Event()).Should().BeFalse();
        fixture.Queue.WriteAsync(Some.Event(), CancellationToken.None).AsTask().IsCompletedSuccessfully.Should().BeTrue("the mode is Drop");
    }

    [Test]
    public async Task The_queue_is_limited_by_bytes_including_bodies()
    {
        await using var fixture = await WritingFixture.StartAsync(new QueueOptions { MaxBytes = 65_536 });
        await fixture.HoldUpWriterAsync();

        var body = Some.Bytes(new byte[40_000]);
        fixture.Queue.TryWrite(Some.Exchange().WithBodies(body, null)).Should().BeTrue();
        fixture.Queue.TryWrite(Some.Exchange().WithBodies(body, null)).Should().BeFalse("two do not fit");
        fixture.Queue.TryWrite(Some.Exchange()).Should().BeTrue("a small one does");
    }

    [Test]
    public async Task A_record_larger_than_the_limit_is_accepted_into_an_empty_queue()
    {
        await using var fixture = await WritingFixture.StartAsync(new QueueOptions { MaxBytes = 65_536 });

        fixture.Queue.TryWrite(Some.Exchange().WithBodies(Some.Bytes(new byte[100_000]), null)).Should().BeTrue();
        await fixture.FlushAsync();

        (await fixture.StoredAsync()).Should().HaveCount(2);
    }

    [Test]
    public async Task A_write_that_waits_continues_when_capacity_is_released()
    {
        await using var fixture = await WritingFixture.StartAsync(new QueueOptions { Capacity = 1, WhenFull = QueueFullMode.Wait });
        await fixture.HoldUpWriterAsync();
        fixture.Queue.TryWrite(Some.Event("waiting")).Should().BeTrue();

        var writes = Enumerable.Range(0, 50).Select(i => fixture.Queue.WriteAsync(Some.Event($"{i}"), CancellationToken.None).AsTask()).ToList();
        writes.Should().OnlyContain(write => !write.IsCompleted);
        fixture.Store.Release();

        (await Task.WhenAll(writes)).Should().OnlyContain(accepted => accepted);
        await fixture.FlushAsync();
        (await fixture.StoredAsync()).Should().HaveCount(52);
    }

    [Test]
    public async Task A_canceled_wait_drops_and_counts_the_record()
    {
        await using var fixture = await WritingFixture.StartAsync(new QueueOptions { Capacity = 1, WhenFull = QueueFullMode.Wait });
        await fixture.HoldUpWriterAsync();
        fixture.Queue.TryWrite(Some.Event("waiting"));
        using var cancellation = new CancellationTokenSource();

        var write = fixture.Queue.WriteAsync(Some.Exchange(), cancellation.Token);
        await cancellation.CancelAsync();

        (await write).Should().BeFalse();
        fixture.Queue.TakeDrops().Entries.Should().Be(2);
    }

    [Test]
    public async Task A_closed_queue_drops_and_counts()
    {
        await using var fixture = await WritingFixture.StartAsync();
        await fixture.Writer.StoppedAsync(CancellationToken.None);

        fixture.Queue.TryWrite(Some.Exchange()).Should().BeFalse();

        fixture.Queue.DroppedAfterClose.Should().Be(2);
        await fixture.FlushAsync();
    }

    [Test]
    public async Task Bodies_of_a_dropped_record_are_released()
    {
        await using var fixture = await WritingFixture.StartAsync(new QueueOptions { Capacity = 1 });
        await fixture.HoldUpWriterAsync();
        fixture.Queue.TryWrite(Some.Event());
        var released = 0;
        var record = new LogRecord { Shape = RecordShape.Exchange, TimestampMs = 1, OnBodiesReleased = _ => released++ }
            .WithBodies(Some.Text("in"), Some.Text("out"));

        fixture.Queue.TryWrite(record).Should().BeFalse();

        released.Should().Be(1);
        record.RequestBody.Should().BeNull();
    }

    [Test]
    public async Task A_request_ends_the_batch_delay()
    {
        await using var fixture = await WritingFixture.StartAsync();
        await fixture.HoldUpWriterAsync();
        fixture.Queue.ResetWake();

        fixture.Queue.TryWrite(Some.Event());
        fixture.Queue.WaitForBatch(TimeSpan.Zero).Should().BeFalse("one record can wait");
        var flush = fixture.FlushAsync();

        fixture.Queue.WaitForBatch(TimeSpan.Zero).Should().BeTrue();
        fixture.Store.Release();
        await flush;
    }

    [Test]
    public async Task A_half_full_queue_ends_the_batch_delay()
    {
        await using var fixture = await WritingFixture.StartAsync(new QueueOptions { Capacity = 16 });
        await fixture.HoldUpWriterAsync();
        fixture.Queue.ResetWake();

        for (var i = 0; i < 7; i++) fixture.Queue.TryWrite(Some.Event());
        fixture.Queue.WaitForBatch(TimeSpan.Zero).Should().BeFalse();
        fixture.Queue.TryWrite(Some.Event());

        fixture.Queue.WaitForBatch(TimeSpan.Zero).Should().BeTrue();
    }

    [Test]
    public async Task Many_queued_bytes_end_the_batch_delay()
    {
        await using var fixture = await WritingFixture.StartAsync();
        await fixture.HoldUpWriterAsync();
        fixture.Queue.ResetWake();

        fixture.Queue.TryWrite(Some.Exchange().WithBodies(Some.Bytes(new byte[600_000]), null));
        fixture.Queue.WaitForBatch(TimeSpan.Zero).Should().BeFalse();
        fixture.Queue.TryWrite(Some.Exchange().WithBodies(Some.Bytes(new byte[600_000]), null));

        fixture.Queue.WaitForBatch(TimeSpan.Zero).Should().BeTrue();
    }

    [Test]
    public async Task Closing_the_queue_ends_the_batch_delay()
    {
        await using var fixture = await WritingFixture.StartAsync();

        await fixture.Writer.StoppedAsync(CancellationToken.None);
        fixture.Queue.ResetWake(); // as a batch does that starts after the close

        fixture.Queue.WaitForBatch(TimeSpan.Zero).Should().BeTrue();
    }

    [Test]
    public async Task A_read_ends_the_batch_delay_and_sees_all_accepted_records()
    {
        await using var fixture = await WritingFixture.StartAsync();
        await fixture.HoldUpWriterAsync();
        fixture.Queue.ResetWake();
        fixture.Queue.TryWrite(Some.Event("second"));

        var caughtUp = fixture.Queue.WaitForCommitAsync(CancellationToken.None);

        fixture.Queue.WaitForBatch(TimeSpan.Zero).Should().BeTrue();
        caughtUp.IsCompleted.Should().BeFalse("nothing is stored yet");
        fixture.Store.Release();
        await caughtUp;
        (await fixture.StoredAsync()).Should().HaveCount(2);
    }

    [Test]
    public async Task A_read_without_queued_records_does_not_wake_the_writer()
    {
        await using var fixture = await WritingFixture.StartAsync();
        fixture.Queue.TryWrite(Some.Event());
        await fixture.FlushAsync();
        fixture.Queue.ResetWake();

        fixture.Queue.WaitForCommitAsync(CancellationToken.None).AsTask().IsCompletedSuccessfully.Should().BeTrue();

        fixture.Queue.WaitForBatch(TimeSpan.Zero).Should().BeFalse();
    }

    [Test]
    public async Task The_read_barrier_ends_after_its_time_limit()
    {
        await using var fixture = await WritingFixture.StartAsync();
        await fixture.HoldUpWriterAsync();

        await fixture.Queue.WaitForCommitAsync(CancellationToken.None);

        (await fixture.StoredAsync()).Should().BeEmpty("the store is still shut");
    }
}
