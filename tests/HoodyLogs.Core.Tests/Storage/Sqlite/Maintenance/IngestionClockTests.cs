using FluentAssertions;
using HoodyLogs.Storage.Sqlite;
using HoodyLogs.TestSupport;
using Microsoft.Extensions.Logging;
using NUnit.Framework;

namespace HoodyLogs.Core.Tests.Storage.Sqlite.Maintenance;

/// <summary>A jump of the clock deletes no entry, causes wrong ingestion times only for a short time, and does not stop retention permanently.</summary>
public sealed class IngestionClockTests : SqliteStoreTest
{
    private static readonly Guid Tunnel = Guid.Parse("550e8400-e29b-41d4-a716-446655440000");
    private static readonly TimeSpan TenYears = TimeSpan.FromDays(3650);

    private MessageList _messages = null!;
    private ILogger<SqliteLogStore> _logger = null!;

    [SetUp]
    public void BeginClock()
    {
        _messages = new MessageList();
        _logger = LoggerFactory.Create(logging => logging.AddProvider(_messages)).CreateLogger<SqliteLogStore>();
        Settings = Settings with { SegmentRows = 4 };
        Retention.MaxAge = TimeSpan.FromDays(7);
    }

    [Test]
    public async Task B3_a_jump_that_lasts_seconds_deletes_no_entry_and_changes_no_ingestion_time()
    {
        await using var store = await OpenAsync(_logger);
        await AppendSome(store, 10);
        JumpBy(TenYears);
        for (var i = 0; i < 3; i++)
        {
            await AppendSome(store, 10);
            await PassAsync(store, TimeSpan.FromSeconds(1));
        }

        JumpBy(-TenYears);
        await AppendSome(store, 10);
        await MaintainAll(store);

        await ShouldGrowAsync(store, 50, until: Time.GetUtcNow());
        Warnings.Should().ContainSingle().Which.Should().Contain("jumped to 2035-12-31");
        (await RestartedAsync(store, async again => await ShouldGrowAsync(again, 50, until: Time.GetUtcNow()))).Should().BeTrue();
    }

    [Test]
    public async Task B3_entries_dated_by_elapsed_time_survive_a_permanent_jump_ahead()
    {
        await using var store = await OpenAsync(_logger);
        await AppendSome(store, 10);
        JumpBy(TenYears);
        await PassAsync(store, TimeSpan.FromMinutes(9));
        await AppendSome(store, 10);
        await ShouldGrowAsync(store, 20, until: Time.GetUtcNow() - TenYears);

        await PassAsync(store, TimeSpan.FromMinutes(2));
        await AppendSome(store, 10);
        await ShouldGrowAsync(store, 30, until: Time.GetUtcNow());
        (await TimesAsync(store))[^1].Should().BeInRange(Us(Time.GetUtcNow()), Us(Time.GetUtcNow()) + 100);
        Warnings.Should().ContainSingle();

        await PassAsync(store, TimeSpan.FromDays(6));
        (await TimesAsync(store)).Should().HaveCount(30, "their age counts from the moment at which the clock was accepted");
        await PassAsync(store, TimeSpan.FromDays(2));
        (await TimesAsync(store)).Should().BeEmpty();
    }

    [Test]
    public async Task B3_a_permanent_jump_back_neither_deletes_early_nor_stops_retention()
    {
        await using var store = await OpenAsync(_logger);
        await AppendSome(store, 10);
        JumpBy(-TimeSpan.FromDays(365));
        await PassAsync(store, TimeSpan.FromMinutes(9));
        await AppendSome(store, 10);
        await ShouldGrowAsync(store, 20, until: Time.GetUtcNow().AddDays(365));
        await PassAsync(store, TimeSpan.FromMinutes(2));
        await AppendSome(store, 10);
        await ShouldGrowAsync(store, 30, until: Time.GetUtcNow());

        await PassAsync(store, TimeSpan.FromDays(6));
        (await TimesAsync(store)).Should().HaveCount(30);
        (await TunnelAsync(store)).Should().BeEmpty("all are older than 24 hours");
        await PassAsync(store, TimeSpan.FromDays(2));
        (await TimesAsync(store)).Should().BeEmpty();
    }

    [TestCase(false)]
    [TestCase(true)]
    public async Task B3_entries_dated_by_a_wrong_clock_age_from_the_moment_it_is_right(bool isRightAtARestart)
    {
        var right = Time.GetUtcNow();
        JumpBy(TenYears);
        var store = await OpenAsync(_logger);
        await AppendSome(store, 10);
        await PassAsync(store, TimeSpan.FromHours(1));
        await AppendSome(store, 10);
        if (isRightAtARestart) await store.DisposeAsync();
        Time.JumpTo(right);
        if (isRightAtARestart) store = await OpenAsync(_logger);
        await AppendSome(store, 10);
        await PassAsync(store, TimeSpan.FromMinutes(1));
        await PassAsync(store, TimeSpan.FromMinutes(11));
        await AppendSome(store, 10);

        await ShouldGrowAsync(store, 40, until: Time.GetUtcNow());
        (await TunnelAsync(store)).Should().HaveCount(40);
        await store.DisposeAsync();
        store = await OpenAsync(_logger);
        await ShouldGrowAsync(store, 40, until: Time.GetUtcNow());
        await PassAsync(store, TimeSpan.FromDays(6));
        (await TimesAsync(store)).Should().HaveCount(40);
        await AppendSome(store, 1);
        await PassAsync(store, TimeSpan.FromDays(2));
        await ShouldGrowAsync(store, 1, until: Time.GetUtcNow());
        await store.DisposeAsync();
    }

    [Test]
    public async Task B3_a_restart_during_a_jump_does_not_make_the_clock_trusted()
    {
        var store = await OpenAsync(_logger);
        await AppendSome(store, 10);
        JumpBy(TenYears);
        for (var i = 0; i < 3; i++)
        {
            await PassAsync(store, TimeSpan.FromMinutes(4));
            await store.DisposeAsync();
            store = await OpenAsync(_logger);
            await MaintainAll(store);
            await AppendSome(store, 10);
        }

        await ShouldGrowAsync(store, 40, until: Time.GetUtcNow() - TenYears);
        JumpBy(-TenYears);
        await PassAsync(store, TimeSpan.FromMinutes(11));
        await ShouldGrowAsync(store, 40, until: Time.GetUtcNow());
        await store.DisposeAsync();
    }

    [TestCase(29, 0)]
    [TestCase(31, 10)]
    public async Task B3_a_start_after_a_long_time_deletes_by_age_only_if_the_clock_is_trusted(int days, int kept)
    {
        await using (var before = await OpenAsync(_logger)) await AppendSome(before, 10);
        Time.Advance(TimeSpan.FromDays(days));
        await using var store = await OpenAsync(_logger);
        await PassAsync(store, TimeSpan.FromMinutes(1));
        (await TimesAsync(store)).Should().HaveCount(kept);
        Warnings.Should().HaveCount(kept == 0 ? 0 : 1);

        await AppendSome(store, 10);
        await PassAsync(store, TimeSpan.FromMinutes(11));
        await ShouldGrowAsync(store, 10, until: Time.GetUtcNow());
    }

    [Test]
    public async Task B3_a_suspension_for_a_day_keeps_earlier_ingestion_times()
    {
        await using var store = await OpenAsync(_logger);
        await AppendSome(store, 10);
        await MaintainAll(store);
        var before = await TimesAsync(store);
        JumpBy(TimeSpan.FromDays(1));
        await PassAsync(store, TimeSpan.FromMinutes(1));
        await AppendSome(store, 10);
        await PassAsync(store, TimeSpan.FromMinutes(10));

        var times = await TimesAsync(store);
        times.Take(10).Should().Equal(before);
        times.Skip(10).Should().OnlyContain(us => us > Us(Time.GetUtcNow().AddHours(-1)));
        (await TunnelAsync(store)).Should().HaveCount(10);
    }

    [Test]
    public async Task B3_repeated_jumps_within_ten_minutes_log_one_warning()
    {
        await using var store = await OpenAsync(_logger);
        await AppendSome(store, 10);
        for (var i = 0; i < 20; i++)
        {
            JumpBy(i % 2 == 0 ? TenYears : TimeSpan.FromDays(40));
            await PassAsync(store, TimeSpan.FromSeconds(20));
            await AppendSome(store, 1);
        }

        (await TimesAsync(store)).Should().HaveCount(30).And.BeInAscendingOrder().And.OnlyContain(us => us < Us(new DateTimeOffset(2027, 1, 1, 0, 0, 0, TimeSpan.Zero)));
        Warnings.Should().ContainSingle();
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task B3_a_clock_at_the_end_of_its_range_causes_no_failure(bool isEarly)
    {
        Time.JumpTo(isEarly ? DateTimeOffset.MinValue : DateTimeOffset.MaxValue);
        await using var store = await OpenAsync(_logger);
        for (var i = 0; i < 15; i++)
        {
            await AppendSome(store, 10);
            await PassAsync(store, TimeSpan.FromMinutes(1));
        }

        (await TimesAsync(store)).Should().HaveCount(150).And.OnlyHaveUniqueItems().And.BeInAscendingOrder();
    }

    [Test]
    public async Task B3_a_record_that_is_not_stored_yet_is_corrected_too()
    {
        await using var store = await OpenAsync(_logger);
        var waiting = Some.Exchange(container: Tunnel.ToString());
        store.AssignIds([waiting]);
        JumpBy(-TimeSpan.FromDays(365));
        await PassAsync(store, TimeSpan.FromMinutes(1));
        await PassAsync(store, TimeSpan.FromMinutes(10));
        await Append(store, waiting);
        await AppendSome(store, 3);

        await ShouldGrowAsync(store, 4, until: Time.GetUtcNow());
    }

    private IEnumerable<string> Warnings => _messages.Messages.Where(message => message.Level == LogLevel.Warning).Select(message => message.Text);

    private static long Us(DateTimeOffset time) => (time - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;

    private static Task<LogRecord[]> AppendSome(SqliteLogStore store, int count) => AppendMany(store, count, _ => Some.Exchange(container: Tunnel.ToString()));

    private static async Task<List<long>> TimesAsync(SqliteLogStore store)
    {
        var times = new List<long>();
        var query = new LogQuery { Limit = 10_000, Filter = new LogFilter { Kinds = [EntryKind.Response] } };
        await store.ReadAsync(LogScope.All, query, (in LogEntryView entry) => times.Add(entry.IngestedAtUs), CancellationToken.None);
        return times;
    }

    private async Task<List<long>> TunnelAsync(SqliteLogStore store)
    {
        var times = new List<long>();
        var query = new TunnelQuery(Tunnel, 500, AfterUs: null, Time.GetUtcNow().AddDays(-1).ToUnixTimeMilliseconds());
        await store.ReadTunnelAsync(LogScope.All, query, (in LogEntryView entry) => times.Add(entry.IngestedAtUs), CancellationToken.None);
        return times;
    }

    private static async Task ShouldGrowAsync(SqliteLogStore store, int count, DateTimeOffset until)
    {
        var times = await TimesAsync(store);
        times.Should().HaveCount(count).And.OnlyHaveUniqueItems().And.BeInAscendingOrder();
        times[^1].Should().BeLessThan(Us(until.AddMinutes(1)));
    }

    private async Task<bool> RestartedAsync(SqliteLogStore store, Func<SqliteLogStore, Task> check)
    {
        await store.DisposeAsync();
        await using var again = await OpenAsync(_logger);
        await check(again);
        return true;
    }

    private void JumpBy(TimeSpan by) => Time.JumpTo(Time.GetUtcNow() + by);

    private async Task PassAsync(SqliteLogStore store, TimeSpan time)
    {
        await MaintainAll(store);
        Time.Advance(time);
        await MaintainAll(store);
    }
}
