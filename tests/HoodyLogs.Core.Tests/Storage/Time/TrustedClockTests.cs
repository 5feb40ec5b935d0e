using FluentAssertions;
using HoodyLogs.Storage.Time;
using HoodyLogs.TestSupport;
using NUnit.Framework;

namespace HoodyLogs.Core.Tests.Storage.Time;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class TrustedClockTests
{
    private static readonly TimeSpan TenYears = TimeSpan.FromDays(3650);

    private readonly ManualTime _time = new();
    private readonly TrustedClock _clock;
    private readonly DateTimeOffset _start;

    public TrustedClockTests()
    {
        _clock = new TrustedClock(_time);
        _start = _time.GetUtcNow();
    }

    [TestCase(-120, true)]
    [TestCase(-121, false)]
    [TestCase(120, true)]
    [TestCase(121, false)]
    public void B3_a_step_of_more_than_two_minutes_is_a_jump(int seconds, bool isTrusted)
    {
        _clock.Start(0);
        JumpBy(TimeSpan.FromSeconds(seconds));

        _clock.IsTrusted.Should().Be(isTrusted);
        Now.Should().Be(isTrusted ? _start.AddSeconds(seconds) : _start);
        _clock.Observe().Should().Be(isTrusted ? ClockChange.None : ClockChange.Jumped);
    }

    [TestCase(3650)]
    [TestCase(-365)]
    public void B3_a_new_time_is_accepted_after_ten_steady_minutes(int days)
    {
        _clock.Start(0);
        JumpBy(TimeSpan.FromDays(days));
        _clock.Observe().Should().Be(ClockChange.Jumped);

        _time.Advance(TimeSpan.FromSeconds(599));
        _clock.Observe().Should().Be(ClockChange.None);
        Now.Should().Be(_start.AddSeconds(599), "the time advances by elapsed time");
        _clock.SinceAccepted.Should().BeNull();

        _time.Advance(TimeSpan.FromSeconds(1));
        _clock.Observe().Should().Be(ClockChange.Accepted);
        Now.Should().Be(_start.AddDays(days).AddSeconds(600));
        _clock.IsTrusted.Should().BeTrue();
        _clock.SinceAccepted.Should().Be(TimeSpan.Zero);
    }

    [Test]
    public void B3_a_clock_that_returns_is_trusted_at_once()
    {
        _clock.Start(0);
        JumpBy(TenYears);
        _clock.Observe();
        _time.Advance(TimeSpan.FromSeconds(3));
        JumpBy(-TenYears);

        _clock.Observe().Should().Be(ClockChange.Returned);
        _clock.IsTrusted.Should().BeTrue();
        Now.Should().Be(_start.AddSeconds(3));
        _clock.SinceAccepted.Should().BeNull();
    }

    [Test]
    public void B3_another_jump_restarts_the_ten_minutes()
    {
        _clock.Start(0);
        JumpBy(TenYears);
        var changes = new List<ClockChange>();
        for (var minute = 0; minute < 30; minute++)
        {
            if (minute % 9 == 8) JumpBy(TimeSpan.FromDays(1));
            changes.Add(_clock.Observe());
            _time.Advance(TimeSpan.FromMinutes(1));
            Now.Should().Be(_start.AddMinutes(minute + 1));
        }

        changes.Should().StartWith(ClockChange.Jumped);
        changes.Skip(1).Should().OnlyContain(change => change == ClockChange.None);
    }

    [Test]
    public void B3_a_clock_that_is_adjusted_by_seconds_is_followed()
    {
        _clock.Start(0);
        for (var minute = 0; minute < 600; minute++)
        {
            JumpBy(TimeSpan.FromSeconds(3));
            _time.Advance(TimeSpan.FromMinutes(1));
            _clock.Observe().Should().Be(ClockChange.None);
            Now.Should().Be(_time.GetUtcNow());
        }
    }

    [Test]
    public void B3_many_small_steps_are_a_jump()
    {
        _clock.Start(0);
        var changes = new List<ClockChange>();
        for (var second = 0; second < 10; second++)
        {
            JumpBy(TimeSpan.FromMinutes(1));
            _time.Advance(TimeSpan.FromSeconds(1));
            changes.Add(_clock.Observe());
        }

        changes.Should().ContainSingle(change => change == ClockChange.Jumped);
    }

    [Test]
    public void B3_a_suspension_that_both_clocks_show_is_not_a_jump()
    {
        _clock.Start(0);
        _time.Advance(TimeSpan.FromDays(60));
        _clock.Observe().Should().Be(ClockChange.None);
        Now.Should().Be(_start.AddDays(60));
    }

    [TestCase(-0.001, true)]
    [TestCase(-1, false)]
    [TestCase(0, true)]
    [TestCase(29, true)]
    [TestCase(30, true)]
    [TestCase(31, false)]
    [TestCase(3650, false)]
    public void B3_a_clock_up_to_30_days_ahead_of_the_last_ingestion_is_trusted_at_a_start(double days, bool isTrusted)
    {
        var last = _start.AddDays(-days);
        _clock.Start(Us(last));

        _clock.IsTrusted.Should().Be(isTrusted);
        Now.Should().Be(isTrusted ? _start : last);
        _clock.Observe().Should().Be(isTrusted ? ClockChange.None : ClockChange.Jumped);
        _time.Advance(TrustedClock.Probation);
        _clock.Observe().Should().Be(isTrusted ? ClockChange.None : ClockChange.Accepted);
        Now.Should().Be(_start + TrustedClock.Probation);
    }

    [TestCase(true)]
    [TestCase(false)]
    public void B3_a_clock_outside_the_years_1970_to_9998_causes_no_failure(bool isEarly)
    {
        _time.JumpTo(isEarly ? DateTimeOffset.MinValue : DateTimeOffset.MaxValue);
        _clock.Start(Us(_start));
        for (var minute = 0; minute < 30; minute++)
        {
            _clock.Observe();
            Now.Year.Should().BeOneOf(1970, 2026, 9999);
            _time.Advance(TimeSpan.FromMinutes(1));
        }
    }

    [Test]
    public void B3_the_wall_clock_is_trusted_before_Start()
    {
        JumpBy(TenYears);
        _clock.IsTrusted.Should().BeTrue();
        Now.Should().Be(_start + TenYears);
        _clock.Observe().Should().Be(ClockChange.None);
    }

    private DateTimeOffset Now => DateTimeOffset.UnixEpoch.AddMicroseconds(_clock.NowUs);

    private static long Us(DateTimeOffset time) => (time - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;

    private void JumpBy(TimeSpan by) => _time.JumpTo(_time.GetUtcNow() + by);
}
