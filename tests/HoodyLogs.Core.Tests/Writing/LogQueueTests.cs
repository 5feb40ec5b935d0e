using FluentAssertions;
using HoodyLogs.TestSupport;
using NUnit.Framework;

namespace HoodyLogs.Core.Tests.Writing;

public sealed class LogQueueTests
{
    [Test]
    public async Task What_is_accepted_is_stored_in_order()
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
    public async Task The_queue_is_bounded_by_bytes_bodies_counted()
    {
        await using var fixture = await WritingFixture.StartAsync(new QueueOptions { MaxBytes = 65_536 });
        await fixture.HoldUpWriterAsync();

        var body = Some.Bytes(new byte[40_000]);
        fixture.Queue.TryWrite(Some.Exchange().WithBodies(body, null)).Should().BeTrue();
        fixture.Queue.TryWrite(Some.Exchange().WithBodies(body, null)).Should().BeFalse("two do not fit");
        fixture.Queue.TryWrite(Some.Exchange()).Should().BeTrue("a small one does");
    }

    [Test]
    public async Task A_record_larger_than_the_bound_is_accepted_alone()
    {
        await using var fixture = await WritingFixture.StartAsync(new QueueOptions { MaxBytes = 65_536 });

        fixture.Queue.TryWrite(Some.Exchange().WithBodies(Some.Bytes(new byte[100_000]), null)).Should().BeTrue();
        await fixture.FlushAsync();

        (await fixture.StoredAsync()).Should().HaveCount(2);
    }

    [Test]
    public async Task Waiting_for_room_ends_when_there_is_some()
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
    public async Task A_cancelled_wait_for_room_loses_the_record_and_counts_it()
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
    public async Task A_closed_queue_refuses_and_counts()
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
        var record = new LogRecord { Shape = RecordShape.Exchange, TimestampMs = 1, BodiesReleased = _ => released++ }
            .WithBodies(Some.Text("in"), Some.Text("out"));

        fixture.Queue.TryWrite(record).Should().BeFalse();

        released.Should().Be(1);
        record.RequestBody.Should().BeNull();
    }

    [Test]
    public async Task The_writers_rest_ends_for_a_request()
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
    public async Task The_writers_rest_ends_when_half_of_the_room_is_taken()
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
    public async Task The_writers_rest_ends_when_much_memory_waits()
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
    public async Task The_writers_rest_ends_with_the_queue()
    {
        await using var fixture = await WritingFixture.StartAsync();

        await fixture.Writer.StoppedAsync(CancellationToken.None);
        fixture.Queue.ResetWake(); // by a turn that began after the end

        fixture.Queue.WaitForBatch(TimeSpan.Zero).Should().BeTrue();
    }

    [Test]
    public async Task A_reader_ends_the_writers_rest_and_sees_what_was_accepted_before()
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
    public async Task A_reader_who_has_all_does_not_disturb_the_writer()
    {
        await using var fixture = await WritingFixture.StartAsync();
        fixture.Queue.TryWrite(Some.Event());
        await fixture.FlushAsync();
        fixture.Queue.ResetWake();

        fixture.Queue.WaitForCommitAsync(CancellationToken.None).AsTask().IsCompletedSuccessfully.Should().BeTrue();

        fixture.Queue.WaitForBatch(TimeSpan.Zero).Should().BeFalse();
    }

    [Test]
    public async Task A_reader_does_not_wait_for_long_while_the_disk_stalls()
    {
        await using var fixture = await WritingFixture.StartAsync();
        await fixture.HoldUpWriterAsync();

        await fixture.Queue.WaitForCommitAsync(CancellationToken.None);

        (await fixture.StoredAsync()).Should().BeEmpty("the store is still shut");
    }
}
