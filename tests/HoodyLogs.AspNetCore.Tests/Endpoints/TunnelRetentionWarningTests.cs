using FluentAssertions;
using HoodyLogs.AspNetCore.Endpoints.Tunnels;
using HoodyLogs.Storage.Time;
using HoodyLogs.TestSupport;
using Microsoft.Extensions.Logging;
using NUnit.Framework;

namespace HoodyLogs.AspNetCore.Tests.Endpoints;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class TunnelRetentionWarningTests
{
    private readonly ManualTime _time = new();
    private readonly CountingLogger _logger = new();

    [Test]
    public async Task U7_removal_of_entries_younger_than_24_hours_is_logged_once()
    {
        var store = new ModelLogStore(_time);
        var horizon = new TunnelRetentionWarning(store, new TrustedClock(_time), _time, _logger);
        await AppendAsync(store);
        await LookAsync(horizon);
        store.DropBefore(3);
        for (var i = 0; i < 3; i++)
        {
            _time.Advance(TimeSpan.FromMinutes(1));
            await LookAsync(horizon);
            store.DropBefore(5 + i);
        }

        _logger.Warnings.Should().Be(1);
    }

    [Test]
    public async Task U7_removal_before_the_first_check_is_logged_too()
    {
        var store = new ModelLogStore(_time);
        var horizon = new TunnelRetentionWarning(store, new TrustedClock(_time), _time, _logger);
        await AppendAsync(store);
        store.DropBefore(3);
        await LookAsync(horizon);
        await LookAsync(horizon);
        _logger.Warnings.Should().Be(1);
    }

    [Test]
    public async Task U7_removal_of_older_entries_is_not_logged()
    {
        var store = new ModelLogStore(_time);
        var horizon = new TunnelRetentionWarning(store, new TrustedClock(_time), _time, _logger);
        await AppendAsync(store);
        await LookAsync(horizon);
        _time.Advance(TimeSpan.FromHours(25));
        store.DropBefore(3);
        await LookAsync(horizon);
        _logger.Warnings.Should().Be(0);
    }

    [Test]
    public async Task U7_removal_after_a_clock_change_is_not_logged()
    {
        var store = new ModelLogStore(_time);
        var clock = new TrustedClock(_time);
        clock.Start(0);
        var horizon = new TunnelRetentionWarning(store, clock, _time, _logger);
        await AppendAsync(store);
        await LookAsync(horizon);
        _time.JumpTo(_time.GetUtcNow().AddDays(3650));
        store.DropBefore(3);
        await LookAsync(horizon);
        clock.Observe().Should().Be(ClockChange.Jumped);
        _time.Advance(TrustedClock.Probation);
        clock.Observe().Should().Be(ClockChange.Accepted);
        store.DropBefore(5);
        await AppendAsync(store);
        await LookAsync(horizon);
        _logger.Warnings.Should().Be(0);

        _time.Advance(TunnelRetentionWarning.MaxAge);
        await AppendAsync(store);
        store.DropBefore(45);
        await LookAsync(horizon);
        _logger.Warnings.Should().Be(1, "the age is known again");
    }

    private static async Task AppendAsync(ModelLogStore store) =>
        await store.AppendAsync([.. Enumerable.Range(0, 10).Select(_ => Some.Exchange())], CancellationToken.None);

    private async Task LookAsync(TunnelRetentionWarning horizon) =>
        await horizon.CheckAsync((_time.GetUtcNow() - TunnelRetentionWarning.MaxAge).ToUnixTimeMilliseconds(), CancellationToken.None);

    private sealed class CountingLogger : ILogger<TunnelRetentionWarning>
    {
        public int Warnings { get; private set; }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => Warnings++;
    }
}
