using FluentAssertions;
using HoodyLogs.Storage.Time;
using HoodyLogs.TestSupport;
using NUnit.Framework;

namespace HoodyLogs.Core.Tests.Storage;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class ClockGuardTests
{
    private static readonly TimeSpan TenYears = TimeSpan.FromDays(3650);

    private readonly ManualTime _time = new();
    private readonly TrustedClock _guard;
    private readonly DateTimeOffset _start;

    public ClockGuardTests()
    {
        _guard = new TrustedClock(_time);
        _start = _time.GetUtcNow();
    }

    [TestCase(-120, true)]
    [TestCase(-121, false)]
    [TestCase(120, true)]
    [TestCase(121, false)]
    public void B3_a_step_of_more_than_two_minutes_is_a_leap(int seconds, bool isBelieved)
    {
        _guard.Start(0);
        Leap(TimeSpan.FromSeconds(seconds));

        _guard.IsTrusted.Should().Be(isBelieved);
        Now.Should().Be(isBelieved ? _start.AddSeconds(seconds) : _start);
        _guard.Observe().Should().Be(isBelieved ? ClockChange.None : ClockChange.Jumped);
    }

    [TestCase(3650)]
    [TestCase(-365)]
    public void B3_a_new_time_is_believed_after_ten_steady_minutes(int days)
    {
        _guard.Start(0);
        Leap(TimeSpan.FromDays(days));
        _guard.Observe().Should().Be(ClockChange.Jumped);

        _time.Advance(TimeSpan.FromSeconds(599));
        _guard.Observe().Should().Be(ClockChange.None);
        Now.Should().Be(_start.AddSeconds(599), "the time advances by elapsed time");
        _guard.SinceAccepted.Should().BeNull();

        _time.Advance(TimeSpan.FromSeconds(1));
        _guard.Observe().Should().Be(ClockChange.Accepted);
        Now.Should().Be(_start.AddDays(days).AddSeconds(600));
        _guard.IsTrusted.Should().BeTrue();
        _guard.SinceAccepted.Should().Be(TimeSpan.Zero);
    }

    [Test]
    public void B3_a_clock_that_comes_back_is_believed_at_once()
    {
        _guard.Start(0);
        Leap(TenYears);
        _guard.Observe();
        _time.Advance(TimeSpan.FromSeconds(3));
        Leap(-TenYears);

        _guard.Observe().Should().Be(ClockChange.Returned);
        _guard.IsTrusted.Should().BeTrue();
        Now.Should().Be(_start.AddSeconds(3));
        _guard.SinceAccepted.Should().BeNull();
    }

    [Test]
    public void B3_a_further_leap_starts_the_ten_minutes_anew()
    {
        _guard.Start(0);
        Leap(TenYears);
        var changes = new List<ClockChange>();
        for (var minute = 0; minute < 30; minute++)
        {
            if (minute % 9 == 8) Leap(TimeSpan.FromDays(1));
            changes.Add(_guard.Observe());
            _time.Advance(TimeSpan.FromMinutes(1));
            Now.Should().Be(_start.AddMinutes(minute + 1));
        }

        changes.Should().StartWith(ClockChange.Jumped);
        changes.Skip(1).Should().OnlyContain(change => change == ClockChange.None);
    }

    [Test]
    public void B3_a_clock_that_is_slewed_by_seconds_is_followed()
    {
        _guard.Start(0);
        for (var minute = 0; minute < 600; minute++)
        {
            Leap(TimeSpan.FromSeconds(3));
            _time.Advance(TimeSpan.FromMinutes(1));
            _guard.Observe().Should().Be(ClockChange.None);
            Now.Should().Be(_time.GetUtcNow());
        }
    }

    [Test]
    public void B3_many_small_steps_are_a_leap()
    {
        _guard.Start(0);
        var changes = new List<ClockChange>();
        for (var second = 0; second < 10; second++)
        {
            Leap(TimeSpan.FromMinutes(1));
            _time.Advance(TimeSpan.FromSeconds(1));
            changes.Add(_guard.Observe());
        }

        changes.Should().ContainSingle(change => change == ClockChange.Jumped);
    }

    [Test]
    public void B3_a_suspension_that_both_clocks_show_is_no_leap()
    {
        _guard.Start(0);
        _time.Advance(TimeSpan.FromDays(60));
        _guard.Observe().Should().Be(ClockChange.None);
        Now.Should().Be(_start.AddDays(60));
    }

    [TestCase(-0.001, true)]
    [TestCase(-1, false)]
    [TestCase(0, true)]
    [TestCase(29, true)]
    [TestCase(30, true)]
    [TestCase(31, false)]
    [TestCase(3650, false)]
    public void B3_a_clock_up_to_30_days_ahead_of_the_last_ingestion_is_believed_at_a_start(double days, bool isBelieved)
    {
        var last = _start.AddDays(-days);
        _guard.Start(Us(last));

        _guard.IsTrusted.Should().Be(isBelieved);
        Now.Should().Be(isBelieved ? _start : last);
        _guard.Observe().Should().Be(isBelieved ? ClockChange.None : ClockChange.Jumped);
        _time.Advance(TrustedClock.Probation);
        _guard.Observe().Should().Be(isBelieved ? ClockChange.None : ClockChange.Accepted);
        Now.Should().Be(_start + TrustedClock.Probation);
    }

    [TestCase(true)]
    [TestCase(false)]
    public void B3_a_clock_outside_of_the_years_1970_to_9999_fails_nothing(bool isEarly)
    {
        _time.JumpTo(isEarly ? DateTimeOffset.MinValue : DateTimeOffset.MaxValue);
        _guard.Start(Us(_start));
        for (var minute = 0; minute < 30; minute++)
        {
            _guard.Observe();
            Now.Year.Should().BeOneOf(1970, 2026, 9999);
            _time.Advance(TimeSpan.FromMinutes(1));
        }
    }

    [Test]
    public void B3_the_clock_of_a_store_that_does_not_start_the_guard_is_believed()
    {
        Leap(TenYears);
        _guard.IsTrusted.Should().BeTrue();
        Now.Should().Be(_start + TenYears);
        _guard.Observe().Should().Be(ClockChange.None);
    }

    private DateTimeOffset Now => DateTimeOffset.UnixEpoch.AddMicroseconds(_guard.NowUs);

    private static long Us(DateTimeOffset time) => (time - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;

    private void Leap(TimeSpan by) => _time.JumpTo(_time.GetUtcNow() + by);
}
